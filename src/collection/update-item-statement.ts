import { sql } from 'kysely';
import type { ItemState } from '../catalog/item-states.js';
import { hasRows } from '../database/expressions.js';
import { oneRow, pageQuery } from '../database/page.js';
import { statement, tables } from '../database/statement.js';
import {
  type Cause,
  changedFields,
  isLogged,
  type LogEntities,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { CollectionItemSchema } from './collection-item.entity.js';
import { CHANGE, EVENT, written } from './item-columns.js';
import { currencyOfReader, dateIn, type Pricing } from './purchase.js';

const db = tables<LogEntities | typeof CollectionItemSchema>();

/** The columns that an update can change. */
const CHANGEABLE = [
  'client_id',
  'state',
  'price',
  'currency',
  'buy_date',
  'condition',
  'place',
  'notes',
] as const;

const CHANGED = changedFields(
  Object.fromEntries(
    CHANGEABLE.map((name) => [
      name === 'client_id' ? 'client' : name,
      [sql.ref(`held.${name}`), sql.ref(`written.${name}`)] as const,
    ]),
  ),
);

/** A change of an item. What is null, or not given, stays as it is. */
interface ItemUpdate {
  readonly userId: string;
  readonly itemId: number;
  readonly client: number | null;
  readonly state: ItemState | null;
  readonly price: number | null;
  readonly currency: string | null;
  /** Whether the reader's currency replaces that of the item if the change names none. */
  readonly takesOwnCurrency: boolean;
  readonly date: string | null;
  readonly hasCondition: boolean;
  readonly condition: string | null;
  readonly hasPlace: boolean;
  readonly place: string | null;
  readonly hasNotes: boolean;
  readonly notes: string | null;
  /** Whether an item that is owned already stays as it is. */
  readonly onlyUnowned: boolean;
}

/** A text that replaces one of the item `i` if it is given; a given null deletes it. */
function replaced(name: 'condition' | 'place' | 'notes', isGiven: boolean, text: string | null) {
  return sql<string | null>`case when ${isGiven}::boolean then ${text} else ${sql.ref(`i.${name}`)} end`;
}

export const UPDATE = statement('collection.update', (p: ItemUpdate & Pricing & Cause) => {
  const state = sql<ItemState>`coalesce(${p.state}::item_state, i.state)`;
  return pageQuery(
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
            .select(CHANGEABLE.map((name) => `i.${name}` as const))
            .select([
              sql<string>`coalesce(${p.currency}::text,
                case when ${p.takesOwnCurrency}::boolean then ${currencyOfReader(p)} end, i.currency)`.as(
                'next_currency',
              ),
            ])
            .where(sql<boolean>`(not ${p.onlyUnowned}::boolean or i.state <> 'owned')`)
            .forNoKeyUpdate('i'),
        )
        .with('fitting', (query) =>
          query
            .selectFrom('held')
            .select('held.next_currency')
            .where(sql<boolean>`not held.next_currency = any(${p.tooCoarse}::text[])`),
        )
        .with('written', (query) =>
          query
            .updateTable('collection_items as i')
            .from('fitting')
            .set((eb) => ({
              client_id: sql<number>`coalesce(${p.client}::int, i.client_id)`,
              state,
              price: sql<number>`coalesce(${p.price}::numeric, i.price)`,
              currency: eb.ref('fitting.next_currency'),
              buy_date: dateIn(state, p.date, sql`i.buy_date`),
              condition: replaced('condition', p.hasCondition, p.condition),
              place: replaced('place', p.hasPlace, p.place),
              notes: replaced('notes', p.hasNotes, p.notes),
            }))
            .where('i.user_id', '=', p.userId)
            .where('i.id', '=', p.itemId)
            .returningAll('i'),
        )
        .with('logged', (query) =>
          writeEvent(
            query,
            p.userId,
            p,
            sql`${CHANGE} cross join held join lateral ${CHANGED} on ${isLogged(p, sql`changed.after <> '{}'`)}`,
            {
              ...EVENT,
              action: 'update',
              before: sql.ref('changed.before'),
              after: sql.ref('changed.after'),
            },
          ),
        ),
    ),
    (eb) => ({ found: hasRows(eb.selectFrom('held').select('held.price')) }),
    () => written(),
  );
});
