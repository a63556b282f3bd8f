import { sql } from 'kysely';
import type { SeriesSchema } from '../catalog/catalog.entity.js';
import { anyOf } from '../database/expressions.js';
import { statement, tables } from '../database/statement.js';
import type { ReadingCountSchema, ReadingEntrySchema } from './reading-entry.entity.js';

const db = tables<typeof ReadingEntrySchema | typeof ReadingCountSchema | typeof SeriesSchema>();

/**
 * Copies the names and clients of changed series to their entries, and moves the entries' counters to the new clients.
 * The collation ignores case and accents, so renames that differ only in these are skipped.
 *
 * Lock order: entries by key, then counters by key, as in requests; otherwise imports and requests deadlock.
 */
export const REFRESH_SORT_KEYS = statement(
  'reading-history.refresh-sort-keys',
  ({ externalIds }: { externalIds: readonly string[] }) =>
    db
      .with(
        (cte) => cte('changed').materialized(),
        (query) =>
          query
            .selectFrom('reading_entries as e')
            .innerJoin('series as s', 's.id', 'e.series_id')
            .select((eb) => [
              'e.user_id',
              'e.series_id',
              'e.visibility',
              'e.status',
              'e.series_client as former',
              's.name',
              eb.fn.coalesce('s.client_id', sql.lit(0)).as('client'),
            ])
            .where('s.external_id', '=', anyOf(externalIds, 'text[]'))
            .where((eb) =>
              eb.or([
                eb('e.series_name', '<>', eb.ref('s.name')),
                eb('e.series_client', '<>', eb.fn.coalesce('s.client_id', sql.lit(0))),
              ]),
            )
            .orderBy('e.user_id')
            .orderBy('e.series_id')
            .forNoKeyUpdate('e'),
      )
      .with('moved', (query) =>
        query
          .updateTable('reading_entries as e')
          .from('changed as c')
          .set((eb) => ({ series_name: eb.ref('c.name'), series_client: eb.ref('c.client') }))
          .whereRef('e.user_id', '=', 'c.user_id')
          .whereRef('e.series_id', '=', 'c.series_id'),
      )
      .insertInto('reading_counts')
      .columns(['user_id', 'visibility', 'status', 'series_client', 'total'])
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
            'visibility',
            'status',
            'side.owner',
            sql<number>`sum(side.change)`.as('total'),
          ])
          .whereRef('former', '<>', 'client')
          .groupBy(['user_id', 'visibility', 'status', 'side.owner'])
          .orderBy('user_id')
          .orderBy('visibility')
          .orderBy('status')
          .orderBy('side.owner'),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['user_id', 'visibility', 'status', 'series_client'])
          .doUpdateSet((eb) => ({ total: eb('reading_counts.total', '+', eb.ref('excluded.total')) })),
      ),
);
