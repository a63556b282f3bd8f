import { sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { asCount, isoDate } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';
import { belongsToOwner } from './collection-page.js';

const db = tables<
  typeof CollectionItemSchema | typeof CollectionTotalSchema | typeof VolumeSchema | typeof SeriesSchema
>();

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

export const ADD = statement(
  'collection.add',
  (p: Copy & { userId: string; volumeId: number; date: string | null }) =>
    db
      .with('target', (query) =>
        query.selectNoFrom((eb) => [
          isEnabledClient(p.client).as('client_known'),
          eb.exists(eb.selectFrom('volumes').select('id').where('id', '=', p.volumeId)).as('volume_known'),
        ]),
      )
      .with('written', (query) =>
        query
          .insertInto('collection_items')
          .columns([
            'user_id',
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
              .selectFrom('target')
              .innerJoin('volumes as v', (join) => join.on('v.id', '=', p.volumeId))
              .innerJoin('series as s', 's.id', 'v.series_id')
              .select((item) => [
                sql<string>`${p.userId}`.as('user_id'),
                'v.id',
                sql<number>`${p.client}`.as('client_id'),
                sql<number>`${p.price}`.as('price'),
                sql<string>`coalesce(${p.date}::date, (clock_timestamp() at time zone 'UTC')::date)`.as(
                  'buy_date',
                ),
                's.name',
                'v.group_order',
                item.fn.coalesce('s.client_id', sql.lit(0)).as('series_client'),
              ])
              .where('client_known', '=', sql.lit(true)),
          )
          .onConflict((conflict) => conflict.columns(['user_id', 'volume_id']).doNothing())
          .returning('id'),
      )
      .selectFrom('target')
      .select((eb) => [
        'client_known',
        'volume_known',
        eb.exists(eb.selectFrom('written').select('id')).as('written'),
      ]),
);

export const UPDATE = statement(
  'collection.update',
  ({ userId, itemId, price, date }: Key & { price: number; date: string }) =>
    db
      .updateTable('collection_items')
      .set({ price, buy_date: date })
      .where('user_id', '=', userId)
      .where('id', '=', itemId)
      .returning('id'),
);

export const DELETE = statement('collection.delete', ({ userId, itemId }: Key) =>
  db.deleteFrom('collection_items').where('user_id', '=', userId).where('id', '=', itemId).returning('id'),
);
