import { type QueryCreator, type RawBuilder, sql } from 'kysely';
import { BUCKETS } from '../catalog/series-ratings.js';
import type { RatingCountSchema, SeriesSchema } from '../catalog/catalog.entity.js';
import type { TablesOf } from '../database/statement.js';
import type { RatingSchema } from './rating.entity.js';

type RatingTables = TablesOf<typeof RatingSchema | typeof RatingCountSchema | typeof SeriesSchema>;

/** A rating before (`former`) and after a write; null for no rating. */
interface RatingChange {
  series_id: number;
  former: number | null;
  rating: number | null;
}

/** A query with the changed ratings as the relation `written`. */
type WithChanges = QueryCreator<RatingTables & { written: RatingChange }>;

/**
 * Number of shards (counter rows) of a series. More shards make concurrent ratings of one series contend less for row
 * locks; reading a counter sums all shards.
 */
const SHARDS = 16;

/** The counters, and the change of each for a changed rating. */
const DELTAS = {
  count: sql<number>`(rating is not null)::int - (former is not null)::int`,
  sum: sql<number>`coalesce(rating, 0) - coalesce(former, 0)`,
  ...(Object.fromEntries(
    BUCKETS.map((bucket) => [
      `r${bucket}`,
      sql`${roundsTo('rating', bucket)} - ${roundsTo('former', bucket)}`,
    ]),
  ) as Record<`r${(typeof BUCKETS)[number]}`, RawBuilder<number>>),
};
type Counter = keyof typeof DELTAS;
const COUNTERS = Object.keys(DELTAS) as Counter[];

function roundsTo(column: string, bucket: number): RawBuilder<number> {
  return sql`(floor(${sql.ref(column)} + 0.5) is not distinct from ${sql.lit(bucket)})::int`;
}

/** Adds one changed rating to its series' counters. */
export function addChangeToCounters(query: WithChanges) {
  return addToCounters(query, (counter) => DELTAS[counter]);
}

/** Adds any number of changed ratings to their series' counters, ordered by series, which is the lock order. */
export function addChangesToCounters(query: WithChanges) {
  return addToCounters(query, (counter) => sql<number>`sum(${DELTAS[counter]})`, true);
}

function addToCounters(query: WithChanges, delta: (counter: Counter) => RawBuilder<number>, grouped = false) {
  return query
    .insertInto('rating_counts')
    .columns(['series_id', 'shard', ...COUNTERS])
    .expression((eb) => {
      const changes = eb
        .selectFrom('written')
        .select(['series_id', sql<number>`pg_backend_pid() % ${sql.lit(SHARDS)}`.as('shard')])
        .select(COUNTERS.map((counter) => delta(counter).as(counter)));
      return grouped ? changes.groupBy('series_id').orderBy('series_id') : changes;
    })
    .onConflict((conflict) =>
      conflict
        .columns(['series_id', 'shard'])
        .doUpdateSet((eb) =>
          Object.fromEntries(
            COUNTERS.map((counter) => [
              counter,
              eb(eb.ref(`rating_counts.${counter}`), '+', eb.ref(`excluded.${counter}`)),
            ]),
          ),
        ),
    );
}
