import { type RawBuilder, sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import { isAllowedClient } from '../reader-log/allowed-client.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { anyOf, asCount, hasRows, isoDate } from '../database/expressions.js';
import { ONE_ROW, oneRow, pageQuery } from '../database/page.js';
import { type RowOf, statement, tables, type TablesOf } from '../database/statement.js';
import {
  type Cause,
  changedFields,
  isLogged,
  fields,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { UserSettingsSchema } from '../settings/settings.entity.js';
import type { ItemState } from '../catalog/item-states.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';
import { belongsToOwner } from './collection-page.js';

type Entities =
  | LogEntities
  | typeof CollectionItemSchema
  | typeof CollectionTotalSchema
  | typeof VolumeSchema
  | typeof SeriesSchema
  | typeof UserSettingsSchema;
type Tables = TablesOf<Entities>;

const db = tables<Entities>();

interface Key {
  readonly userId: string;
  readonly itemId: number;
}

/** What decides whether a price fits its currency. */
interface Pricing {
  /** The currency of readers who have chosen none. */
  readonly defaultCurrency: string;
  /** The currencies that have too few fraction digits for the price. */
  readonly tooCoarse: readonly string[];
}

/** The currency that the reader has chosen, or the default one. */
function currencyOfReader({ userId, defaultCurrency }: { userId: string; defaultCurrency: string }) {
  const chosen = db
    .selectFrom('user_settings')
    .select(sql<string>`chosen ->> 'currency'`.as('currency'))
    .where('user_id', '=', userId);
  return sql<string>`coalesce(${chosen}, ${defaultCurrency}::text)`;
}

function stateOf(state: ItemState) {
  return sql<ItemState>`${state}::item_state`;
}

/** The date of purchase in a state: none for `wanted`, else the given one, the stored one or today (UTC). */
function dateIn(state: RawBuilder<ItemState>, given: string | null, stored: RawBuilder<unknown>) {
  return sql<string | null>`case when ${state} <> 'wanted' then
    coalesce(${given}::date, ${stored}, (clock_timestamp() at time zone 'UTC')::date) end`;
}

interface StatsParameters {
  readonly userId: string;
  readonly client: number;
  readonly states: readonly ItemState[];
  readonly defaultCurrency: string;
}

/** The sums by currency as JSON, so that the totals are one row. */
export const STATS = statement('collection.stats', (p: StatsParameters) => {
  const items = db.selectFrom('collection_items as i').where(belongsToOwner('i', p));
  const sums = db
    .selectFrom('collection_totals as c')
    .select((eb) => [
      'c.currency',
      sql<number>`${eb.fn.sum('c.items')}::int`.as('items'),
      eb.fn.sum<number>('c.spent').as('spent'),
    ])
    .where(belongsToOwner('c', p))
    .groupBy('c.currency')
    .having((eb) => eb(eb.fn.sum('c.items'), '>', sql.lit(0)));
  return db.selectFrom(sums.as('t')).select((eb) => [
    asCount(eb.fn.sum('t.items')).as('total_items'),
    sql<number>`coalesce(sum(t.spent) filter (where t.currency = ${currencyOfReader(p)}), 0)`.as(
      'total_spent',
    ),
    sql<CurrencyTotal[]>`coalesce(json_agg(json_build_object('currency', t.currency, 'items', t.items,
        'spent', t.spent) order by t.currency), '[]')`.as('totals'),
    items.select((item) => isoDate(item.fn.min<string | null>('i.buy_date')).as('date')).as('first_buy'),
    items.select((item) => isoDate(item.fn.max<string | null>('i.buy_date')).as('date')).as('last_buy'),
    isEnabledClient(p.client).as('client_known'),
  ]);
});

/** The items whose prices are in one currency. */
interface CurrencyTotal {
  readonly currency: string;
  readonly items: number;
  readonly spent: number;
}

/** The columns of an item (`i`) for responses and events. */
const ITEM_COLUMNS = [
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
function itemFields(of: string) {
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

export const ITEMS_OF_VOLUMES = statement(
  'collection.items-of-volumes',
  ({ userId, volumeIds }: { userId: string; volumeIds: readonly number[] }) =>
    db
      .selectFrom('collection_items as i')
      .select(ITEM_COLUMNS)
      .where('i.user_id', '=', userId)
      .where('i.volume_id', '=', anyOf(volumeIds, 'int[]')),
);

/** An item. */
export type ItemRow = RowOf<typeof FIND_BY_VOLUME>;

interface NewItem extends Pricing {
  readonly userId: string;
  readonly volumeId: number;
  readonly client: number;
  readonly state: ItemState;
  readonly price: number;
  /** Null for the reader's currency. */
  readonly currency: string | null;
  readonly condition: string | null;
  readonly place: string | null;
  readonly notes: string | null;
  readonly date: string | null;
  /** The id of a deleted item that an undo restores. */
  readonly itemId: number | null;
}

export const ADD = statement('collection.add', (p: NewItem & Cause) =>
  pageQuery(
    oneRow(
      db
        .with('asked', (query) =>
          query.selectNoFrom((eb) => [
            isAllowedClient(p.client, p).as('client_known'),
            hasRows(eb.selectFrom('volumes').select('id').where('id', '=', p.volumeId)).as('volume_known'),
            sql<string>`coalesce(${p.currency}::text, ${currencyOfReader(p)})`.as('currency'),
          ]),
        )
        .with('target', (query) =>
          query
            .selectFrom('asked')
            .selectAll('asked')
            .select(sql<boolean>`not currency = any(${p.tooCoarse}::text[])`.as('price_fits')),
        )
        .with('counter', (query) =>
          takeNumber(query, p.userId, sql`client_known and volume_known and price_fits`),
        )
        .with('written', (query) =>
          query
            .insertInto('collection_items')
            .columns([
              'user_id',
              'id',
              'volume_id',
              'series_id',
              'client_id',
              'state',
              'price',
              'currency',
              'buy_date',
              'condition',
              'place',
              'notes',
              'series_name',
              'group_order',
              'series_client',
            ])
            .expression((eb) =>
              eb
                .selectFrom('counter')
                .innerJoin('target', (join) => join.onTrue())
                .innerJoin('volumes as v', (join) => join.on('v.id', '=', p.volumeId))
                .innerJoin('series as s', 's.id', 'v.series_id')
                .select((item) => [
                  sql<string>`${p.userId}`.as('user_id'),
                  sql<number>`coalesce(${p.itemId}::bigint, nextval('collection_items_id_seq'))`.as('id'),
                  'v.id as volume_id',
                  'v.series_id',
                  sql<number>`${p.client}`.as('client_id'),
                  stateOf(p.state).as('state'),
                  sql<number>`${p.price}::numeric`.as('price'),
                  'target.currency',
                  dateIn(stateOf(p.state), p.date, sql`null`).as('buy_date'),
                  sql<string | null>`${p.condition}`.as('condition'),
                  sql<string | null>`${p.place}`.as('place'),
                  sql<string | null>`${p.notes}`.as('notes'),
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
      price_fits: eb.selectFrom('target').select('price_fits'),
    }),
    () => written(),
  ),
);

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

export const UPDATE = statement('collection.update', (p: Key & Cause & ItemUpdate & Pricing) => {
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
