import { sql } from 'kysely';
import type { VolumeSchema } from '../catalog/catalog.entity.js';
import { isoDate } from '../database/expressions.js';
import { tables, type TablesOf } from '../database/statement.js';
import { fields } from '../reader-log/log-statements.js';
import type { CollectionItemSchema } from './collection-item.entity.js';

type Tables = TablesOf<typeof CollectionItemSchema>;

const db = tables<typeof VolumeSchema>();

/** The columns of an item (`i`) for responses and events. */
export const ITEM_COLUMNS = [
  'i.id as item_id',
  'i.volume_id',
  'i.client_id as client',
  'i.state',
  'i.price',
  'i.currency',
  isoDate(sql.ref<string | null>('i.buy_date')).as('buy_date'),
  'i.condition',
  'i.place',
  'i.notes',
] as const;

/** The fields of an item in an event. */
export function itemFields(of: string) {
  return fields({
    item_id: sql.ref(`${of}.id`),
    volume_id: sql.ref(`${of}.volume_id`),
    client: sql.ref(`${of}.client_id`),
    state: sql.ref(`${of}.state`),
    price: sql.ref(`${of}.price`),
    currency: sql.ref(`${of}.currency`),
    buy_date: isoDate(sql.ref<string>(`${of}.buy_date`)),
    condition: sql.ref(`${of}.condition`),
    place: sql.ref(`${of}.place`),
    notes: sql.ref(`${of}.notes`),
  });
}

/** The changed item, its number and its volume. */
export const CHANGE = sql`written cross join counter join volumes v on v.id = written.volume_id`;

/** The columns of every event of an item. */
export const EVENT = {
  kind: 'item' as const,
  number: sql.ref<number>('counter.number'),
  seriesId: sql.ref<number>('v.series_id'),
  volumeId: sql.ref<number>('v.id'),
  resourceId: sql.ref<number>('written.id'),
};

/** The item that the statement has written. */
export function written() {
  return db
    .withTables<{ written: Tables['collection_items'] }>()
    .selectFrom('written as i')
    .innerJoin('volumes as v', 'v.id', 'i.volume_id')
    .select(ITEM_COLUMNS)
    .select(['v.series_id', sql<number>`1`.as('position')]);
}
