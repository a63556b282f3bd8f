import { sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../catalog/catalog.entity.js';
import { anyOf } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';
import type { CollectionItemSchema, CollectionTotalSchema } from './collection-item.entity.js';

const db = tables<
  typeof CollectionItemSchema | typeof CollectionTotalSchema | typeof VolumeSchema | typeof SeriesSchema
>();

/**
 * Copies the names and clients of changed series, and the positions of their volumes, to the items, and moves the
 * items' counters to the new clients. The collation ignores case and accents, so renames that differ only in these are
 * skipped.
 *
 * Lock order: items by key, then counters by key, as in requests; otherwise imports and requests deadlock.
 */
export const REFRESH_SORT_KEYS = statement(
  'collection.refresh-sort-keys',
  ({ externalIds }: { externalIds: readonly string[] }) =>
    db
      .with(
        (cte) => cte('changed').materialized(),
        (query) =>
          query
            .selectFrom('series as s')
            .innerJoin('volumes as v', 'v.series_id', 's.id')
            .innerJoin('collection_items as i', 'i.volume_id', 'v.id')
            .select((eb) => [
              'i.user_id',
              'i.id',
              'i.state',
              'i.currency',
              'i.price',
              'i.series_client as former',
              's.name',
              'v.group_order',
              eb.fn.coalesce('s.client_id', sql.lit(0)).as('client'),
            ])
            .where('s.external_id', '=', anyOf(externalIds, 'text[]'))
            .where((eb) =>
              eb.or([
                eb('i.series_name', '<>', eb.ref('s.name')),
                eb('i.group_order', '<>', eb.ref('v.group_order')),
                eb('i.series_client', '<>', eb.fn.coalesce('s.client_id', sql.lit(0))),
              ]),
            )
            .orderBy('i.user_id')
            .orderBy('i.id')
            .forNoKeyUpdate('i'),
      )
      .with('moved', (query) =>
        query
          .updateTable('collection_items as i')
          .from('changed as c')
          .set((eb) => ({
            series_name: eb.ref('c.name'),
            group_order: eb.ref('c.group_order'),
            series_client: eb.ref('c.client'),
          }))
          .whereRef('i.user_id', '=', 'c.user_id')
          .whereRef('i.id', '=', 'c.id'),
      )
      .insertInto('collection_totals')
      .columns(['user_id', 'series_client', 'state', 'currency', 'items', 'spent'])
      .expression((eb) =>
        eb
          .selectFrom('changed')
          // Kysely has no form for VALUES that refer to another relation.
          .crossJoinLateral(
            sql<{ owner: number; change: number }>`(values (former, -1), (client, 1))`.as<'side'>(
              sql`side (owner, change)`,
            ),
          )
          .select([
            'user_id',
            'side.owner',
            'state',
            'currency',
            sql<number>`sum(side.change)`.as('items'),
            sql<number>`sum(side.change * price)`.as('spent'),
          ])
          .whereRef('former', '<>', 'client')
          .groupBy(['user_id', 'side.owner', 'state', 'currency'])
          .orderBy('user_id')
          .orderBy('side.owner')
          .orderBy('state')
          .orderBy('currency'),
      )
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'series_client', 'state', 'currency']).doUpdateSet((eb) => ({
          items: eb('collection_totals.items', '+', eb.ref('excluded.items')),
          spent: eb('collection_totals.spent', '+', eb.ref('excluded.spent')),
        })),
      ),
);
