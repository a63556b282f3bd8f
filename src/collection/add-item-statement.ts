import { sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import type { ItemState } from '../catalog/item-states.js';
import { hasRows } from '../database/expressions.js';
import { oneRow, pageQuery } from '../database/page.js';
import { statement, tables } from '../database/statement.js';
import { isAllowedClient } from '../reader-log/allowed-client.js';
import {
  type Cause,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { CollectionItemSchema } from './collection-item.entity.js';
import { CHANGE, EVENT, itemFields, written } from './item-columns.js';
import { currencyOfReader, dateIn, type Pricing } from './purchase.js';

const db = tables<LogEntities | typeof CollectionItemSchema | typeof VolumeSchema | typeof SeriesSchema>();

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

function stateOf(state: ItemState) {
  return sql<ItemState>`${state}::item_state`;
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
