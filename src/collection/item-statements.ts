import { sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import { isAllowedClient } from '../reader-log/allowed-client.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { asCount, hasRows, isoDate } from '../database/expressions.js';
import { ONE_ROW, oneRow, pageQuery } from '../database/page.js';
import { type RowOf, statement, tables, type TablesOf } from '../database/statement.js';
import {
  type Cause,
  changedFields,
  fields,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';
import { belongsToOwner } from './collection-page.js';

type Entities =
  | LogEntities
  | typeof CollectionItemSchema
  | typeof CollectionTotalSchema
  | typeof VolumeSchema
  | typeof SeriesSchema;
type Tables = TablesOf<Entities>;

const db = tables<Entities>();

interface Copy {
  readonly client: number;
  readonly price: number;
}

interface Key {
  readonly userId: string;
  readonly itemId: number;
}

export const STATS = statement('collection.stats', (p: { userId: string; client: number }) => {
  const items = db.selectFrom('collection_items as i').where(belongsToOwner('i', p));
  return db
    .selectFrom('collection_totals as c')
    .select((eb) => [
      asCount(eb.fn.sum('c.items')).as('total_items'),
      eb.fn.coalesce(eb.fn.sum<number>('c.spent'), sql.lit(0)).as('total_spent'),
      items.select((item) => isoDate(item.fn.min<string | null>('i.buy_date')).as('date')).as('first_buy'),
      items.select((item) => isoDate(item.fn.max<string | null>('i.buy_date')).as('date')).as('last_buy'),
      isEnabledClient(p.client).as('client_known'),
    ])
    .where(belongsToOwner('c', p));
});

/** The columns of an item (`i`) for responses and events. */
const ITEM_COLUMNS = [
  'i.id as item_id',
  'i.volume_id',
  'i.client_id as client',
  'i.price',
  isoDate(sql.ref<string>('i.buy_date')).as('buy_date'),
] as const;

/** The fields of an item in an event. */
function itemFields(of: string) {
  return fields({
    item_id: sql.ref(`${of}.id`),
    volume_id: sql.ref(`${of}.volume_id`),
    client: sql.ref(`${of}.client_id`),
    price: sql.ref(`${of}.price`),
    buy_date: isoDate(sql.ref<string>(`${of}.buy_date`)),
  });
}

/** The changed item, its number and its volume. */
const CHANGE = sql`written cross join counter join volumes v on v.id = written.volume_id`;

/** The columns of every event of an item. */
const EVENT = {
  kind: 'item' as const,
  number: sql.ref<number>('counter.number'),
  seriesId: sql.ref<number>('v.series_id'),
  volumeId: sql.ref<number>('v.id'),
  resourceId: sql.ref<number>('written.id'),
};

/** The item that the statement has written. */
function written() {
  return db
    .withTables<{ written: Tables['collection_items'] }>()
    .selectFrom('written as i')
    .innerJoin('volumes as v', 'v.id', 'i.volume_id')
    .select(ITEM_COLUMNS)
    .select(['v.series_id', sql<number>`1`.as('position')]);
}

export const FIND_BY_VOLUME = statement(
  'collection.find-by-volume',
  ({ userId, volumeId }: { userId: string; volumeId: number }) =>
    db
      .selectFrom('collection_items as i')
      .select(ITEM_COLUMNS)
      .where('i.user_id', '=', userId)
      .where('i.volume_id', '=', volumeId),
);

/** An item. */
export type ItemRow = RowOf<typeof FIND_BY_VOLUME>;

interface NewItem extends Copy {
  readonly userId: string;
  readonly volumeId: number;
  readonly date: string | null;
  /** The id of a deleted item that an undo restores. */
  readonly itemId: number | null;
}

export const ADD = statement('collection.add', (p: NewItem & Cause) =>
  pageQuery(
    oneRow(
      db
        .with('target', (query) =>
          query.selectNoFrom((eb) => [
            isAllowedClient(p.client, p).as('client_known'),
            hasRows(eb.selectFrom('volumes').select('id').where('id', '=', p.volumeId)).as('volume_known'),
          ]),
        )
        .with('counter', (query) => takeNumber(query, p.userId, sql`client_known and volume_known`))
        .with('written', (query) =>
          query
            .insertInto('collection_items')
            .columns([
              'user_id',
              'id',
              'volume_id',
              'client_id',
              'price',
              'buy_date',
              'series_name',
              'group_order',
              'series_client',
            ])
            .expression((eb) =>
              eb
                .selectFrom('counter')
                .innerJoin('volumes as v', (join) => join.on('v.id', '=', p.volumeId))
                .innerJoin('series as s', 's.id', 'v.series_id')
                .select((item) => [
                  sql<string>`${p.userId}`.as('user_id'),
                  sql<number>`coalesce(${p.itemId}::bigint, nextval('collection_items_id_seq'))`.as('id'),
                  'v.id as volume_id',
                  sql<number>`${p.client}`.as('client_id'),
                  sql<number>`${p.price}`.as('price'),
                  sql<string>`coalesce(${p.date}::date, (clock_timestamp() at time zone 'UTC')::date)`.as(
                    'buy_date',
                  ),
                  's.name',
                  'v.group_order',
                  item.fn.coalesce('s.client_id', sql.lit(0)).as('series_client'),
                ]),
            )
            .onConflict((conflict) => conflict.columns(['user_id', 'volume_id']).doNothing())
            .returningAll(),
        )
        .with('logged', (query) =>
          writeEvent(query, p.userId, p, CHANGE, {
            ...EVENT,
            action: 'add',
            before: NO_FIELDS,
            after: itemFields('written'),
          }),
        ),
    ),
    (eb) => ({
      client_known: eb.selectFrom('target').select('client_known'),
      volume_known: eb.selectFrom('target').select('volume_known'),
    }),
    () => written(),
  ),
);

const CHANGED = changedFields({
  price: [sql.ref('held.price'), sql.ref('written.price')],
  buy_date: [sql.ref('held.buy_date'), sql.ref('written.buy_date')],
});

export const UPDATE = statement(
  'collection.update',
  (p: Key & Cause & { readonly price: number; readonly date: string }) =>
    pageQuery(
      oneRow(
        db
          .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
          .with('counter', (query) => takeNumber(query, p.userId))
          .with('held', (query) =>
            query
              .selectFrom('counter')
              .innerJoin('collection_items as i', (join) =>
                join.on('i.user_id', '=', p.userId).on('i.id', '=', p.itemId),
              )
              .select(['i.price', 'i.buy_date'])
              .forNoKeyUpdate('i'),
          )
          .with('written', (query) =>
            query
              .updateTable('collection_items as i')
              .from('held')
              .set({ price: p.price, buy_date: p.date })
              .where('i.user_id', '=', p.userId)
              .where('i.id', '=', p.itemId)
              .returningAll('i'),
          )
          .with('logged', (query) =>
            writeEvent(query, p.userId, p, sql`${CHANGE} cross join held cross join lateral ${CHANGED}`, {
              ...EVENT,
              action: 'update',
              before: sql.ref('changed.before'),
              after: sql.ref('changed.after'),
            }),
          ),
      ),
      () => ({}),
      () => written(),
    ),
);

export const DELETE = statement('collection.delete', (p: Key & Cause) =>
  db
    .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
    .with('counter', (query) => takeNumber(query, p.userId))
    .with('written', (query) =>
      query
        .deleteFrom('collection_items as i')
        .using('counter')
        .where('i.user_id', '=', p.userId)
        .where('i.id', '=', p.itemId)
        .returningAll('i'),
    )
    .with('logged', (query) =>
      writeEvent(query, p.userId, p, CHANGE, {
        ...EVENT,
        action: 'delete',
        before: itemFields('written'),
        after: NO_FIELDS,
      }),
    )
    .selectFrom('written')
    .select('id'),
);

export const KNOWS_CLIENT = statement('collection.knows-client', ({ client }: { client: number }) =>
  ONE_ROW.select(isEnabledClient(client).as('known')),
);
