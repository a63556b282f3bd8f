import { type QueryCreator, type RawBuilder, sql } from 'kysely';
import type { RatingShardSchema, RatingTotalSchema } from '../catalog/read-model.entity.js';
import { BUCKETS, type RatingCounter } from '../catalog/series-ratings.js';
import { anyOf } from '../database/expressions.js';
import { statement, tables, type TablesOf } from '../database/statement.js';

type Counters = typeof RatingTotalSchema | typeof RatingShardSchema;
type CounterTables = TablesOf<Counters>;

const db = tables<Counters>();

/** A rating before (`former`) and after a write; null for no rating. */
interface RatingChange {
  series_id: number;
  former: number | null;
  rating: number | null;
}

/** A query with the changed ratings as the relation `written`. */
type WithChanges<DB> = QueryCreator<DB & CounterTables & { written: RatingChange }>;

/** Number of shards of a series whose ratings contend for its counters. */
const SHARDS = 16;

/** The counters, and the change of each for a changed rating. */
const DELTAS: Record<RatingCounter, RawBuilder<number>> = {
  count: sql`(rating is not null)::int - (former is not null)::int`,
  sum: sql`coalesce(rating, 0) - coalesce(former, 0)`,
  ...(Object.fromEntries(
    BUCKETS.map((bucket) => [
      `r${bucket}`,
      sql`${roundsTo('rating', bucket)} - ${roundsTo('former', bucket)}`,
    ]),
  ) as Record<`r${(typeof BUCKETS)[number]}`, RawBuilder<number>>),
};
const COUNTERS = Object.keys(DELTAS) as RatingCounter[];

function roundsTo(column: string, bucket: number): RawBuilder<number> {
  return sql`(floor(${sql.ref(column)} + 0.5) is not distinct from ${sql.lit(bucket)})::int`;
}

/**
 * Adds the changed ratings to their series' counters, as further common table expressions of the query.
 *
 * A change goes to the series' row of `rating_totals` unless that is sharded, else to one of its `rating_shards`. A
 * transaction that has to wait for the row makes the series sharded: `free` locks the rows that are free, and the rows
 * that it skips were contended. While it waits, another one can have made the series sharded: the row is then left as it
 * is, and the change goes to a shard.
 *
 * Rows are locked in the order of the series, totals before shards.
 */
export function withCounters<DB>(query: WithChanges<DB>) {
  return (query as QueryCreator<CounterTables & { written: RatingChange }>)
    .with('changes', (cte) =>
      cte
        .selectFrom('written')
        .select('series_id')
        .select(COUNTERS.map((counter) => sql<number>`sum(${DELTAS[counter]})`.as(counter)))
        .groupBy('series_id'),
    )
    .with('totals', (cte) =>
      cte
        .selectFrom('rating_totals as t')
        .innerJoin('changes as d', 'd.series_id', 't.series_id')
        .select(['t.series_id', 't.is_sharded']),
    )
    .with('free', (cte) =>
      cte
        .selectFrom('rating_totals as t')
        .innerJoin('changes as d', 'd.series_id', 't.series_id')
        .select('t.series_id')
        .where('t.is_sharded', '=', sql.lit(false))
        .orderBy('t.series_id')
        .forNoKeyUpdate('t')
        .skipLocked(),
    )
    .with('totalled', (cte) =>
      cte
        .insertInto('rating_totals')
        .columns(['series_id', 'is_sharded', ...COUNTERS])
        .expression((eb) =>
          eb
            .selectFrom('changes as d')
            .leftJoin('totals as t', 't.series_id', 'd.series_id')
            .leftJoin('free as f', 'f.series_id', 'd.series_id')
            .select([
              'd.series_id',
              sql<boolean>`t.series_id is not null and f.series_id is null`.as('contended'),
            ])
            .select(COUNTERS.map((counter) => `d.${counter}` as const))
            .where(sql<boolean>`t.is_sharded is not true`)
            .orderBy('d.series_id'),
        )
        .onConflict((conflict) =>
          conflict
            .column('series_id')
            .doUpdateSet((eb) => ({
              ...addedTo('rating_totals'),
              is_sharded: eb.ref('excluded.is_sharded'),
            }))
            .where('rating_totals.is_sharded', '=', sql.lit(false)),
        )
        .returning('rating_totals.series_id'),
    )
    .with('sharded', (cte) =>
      cte
        .insertInto('rating_shards')
        .columns(['series_id', 'shard', ...COUNTERS])
        .expression((eb) =>
          eb
            .selectFrom('changes as d')
            .select(['d.series_id', sql<number>`pg_backend_pid() % ${sql.lit(SHARDS)}`.as('shard')])
            .select(COUNTERS.map((counter) => `d.${counter}` as const))
            .where('d.series_id', 'not in', eb.selectFrom('totalled').select('series_id'))
            .orderBy('d.series_id'),
        )
        .onConflict((conflict) =>
          conflict.columns(['series_id', 'shard']).doUpdateSet(addedTo('rating_shards')),
        ),
    ) as never as WithChanges<DB>;
}

/** Assignments that add the counters of the new row to those of the existing one. */
function addedTo(table: string): Record<string, RawBuilder<unknown>> {
  return Object.fromEntries(
    COUNTERS.map((counter) => [
      counter,
      sql`${sql.ref(`${table}.${counter}`)} + ${sql.ref(`excluded.${counter}`)}`,
    ]),
  );
}

/** Moves the shards of series into their totals, so that reading these is cheap again. The series stay sharded. */
export const FOLD_SHARDS = statement(
  'ratings.fold-shards',
  ({ seriesIds }: { seriesIds: readonly number[] }) =>
    db
      .with('held', (query) =>
        query
          .selectFrom('rating_totals')
          .select('series_id')
          .where('series_id', '=', anyOf(seriesIds, 'int[]'))
          .where('is_sharded', '=', sql.lit(true))
          .orderBy('series_id')
          .forNoKeyUpdate(),
      )
      .with('removed', (query) =>
        query
          .deleteFrom('rating_shards')
          .where('series_id', 'in', (eb) => eb.selectFrom('held').select('series_id'))
          .returning(['series_id', ...COUNTERS]),
      )
      .with('sums', (query) =>
        query
          .selectFrom('removed')
          .select('series_id')
          .select((eb) => COUNTERS.map((counter) => eb.fn.sum<number>(counter).as(counter)))
          .groupBy('series_id'),
      )
      .updateTable('rating_totals as t')
      .from('sums as s')
      .set(
        Object.fromEntries(
          COUNTERS.map((counter) => [counter, sql`t.${sql.ref(counter)} + s.${sql.ref(counter)}`]),
        ),
      )
      .whereRef('t.series_id', '=', 's.series_id'),
);
