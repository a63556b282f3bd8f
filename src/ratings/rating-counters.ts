import { type QueryCreator, type RawBuilder, sql } from 'kysely';
import type { RatingShardSchema, RatingTotalSchema } from '../catalog/read-model.entity.js';
import { BUCKETS, type RatingCounter } from '../catalog/series-ratings.js';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
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

/** Adds one changed rating to its series' counters, as further common table expressions of the query. */
export function withCounters<DB>(query: WithChanges<DB>) {
  return addingTo(query, (counter) => DELTAS[counter], CONTENDS);
}

/**
 * Adds any number of changed ratings to their series' counters. Rows are locked in the order of the series, totals
 * before shards.
 */
export function withSummedCounters<DB>(query: WithChanges<DB>) {
  return addingTo(query, (counter) => sql<number>`sum(${DELTAS[counter]})`, null);
}

/**
 * Whether another transaction is changing the totals of a series: the lock, which PostgreSQL keeps in memory until the
 * end of the transaction, is then not to be had. A lock of the row itself would be written to the disk.
 */
const CONTENDS = sql<boolean>`not pg_try_advisory_xact_lock(${sql.lit(ADVISORY_LOCKS.ratingTotals)}, d.series_id)`;

/**
 * A change goes to the series' row of `rating_totals` unless that is sharded, else to one of its `rating_shards`. A
 * transaction that contends for the row makes the series sharded. While it waits for the row, another one can have done
 * so: the row is then left as it is, and the change goes to a shard.
 *
 * @param contends null for changes of many series, whose locks would fill PostgreSQL's memory for locks
 */
function addingTo<DB>(
  query: WithChanges<DB>,
  delta: (counter: RatingCounter) => RawBuilder<number>,
  contends: RawBuilder<boolean> | null,
): WithChanges<DB> {
  const added = (query as QueryCreator<CounterTables & { written: RatingChange }>)
    .with('changes', (cte) => {
      const changes = cte
        .selectFrom('written')
        .select('series_id')
        .select(COUNTERS.map((counter) => delta(counter).as(counter)));
      return contends === null ? changes.groupBy('series_id') : changes;
    })
    .with('totalled', (cte) =>
      cte
        .insertInto('rating_totals')
        .columns(['series_id', 'is_sharded', ...COUNTERS])
        .expression((eb) =>
          eb
            .selectFrom('changes as d')
            .leftJoin('rating_totals as t', 't.series_id', 'd.series_id')
            .select(['d.series_id', (contends ?? sql<boolean>`false`).as('contends')])
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
    );
  // The builder's types cannot add relations to a query over tables that only the caller knows.
  return added as never;
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
