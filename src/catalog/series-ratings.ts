import { type RawBuilder, sql } from 'kysely';

/** The ratings that a histogram counts: each rating rounded half up. */
export const BUCKETS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** A counter of a series' ratings. */
export type RatingCounter = 'count' | 'sum' | `r${(typeof BUCKETS)[number]}`;

/** The counters in the order of the function `sharded_ratings`. */
const ORDER: readonly RatingCounter[] = ['count', 'sum', ...BUCKETS.map((bucket) => `r${bucket}` as const)];

/**
 * The value of a counter: of the row of `rating_totals`, and of the shards if there are any. 0 without a row.
 *
 * @param row the relation of the row
 */
function counter(row: string, name: RatingCounter): RawBuilder<number> {
  const total = sql`coalesce(${sql.ref(`${row}.${name}`)}, 0)`;
  const shards = sql`(sharded_ratings(${sql.ref(`${row}.series_id`)}))[${sql.lit(ORDER.indexOf(name) + 1)}]`;
  return sql<number>`case when ${sql.ref(`${row}.is_sharded`)} then ${total} + coalesce(${shards}, 0) else ${total} end`;
}

/** The number of a series' ratings. @param row the relation of the row of `rating_totals`, which may be null */
export function ratingCount(row: string): RawBuilder<number> {
  return sql<number>`(${counter(row, 'count')})::int`;
}

/** The average of a series' ratings, rounded half up to two digits; null without a rating. */
export function averageRating(row: string): RawBuilder<number | null> {
  return sql<number | null>`round((${counter(row, 'sum')}) / nullif(${counter(row, 'count')}, 0), 2)`;
}

/** Array of ten: the numbers of a series' ratings that round to 1, 2, … 10. */
export function histogram(row: string): RawBuilder<number[]> {
  // Kysely has no form for an array.
  return sql<
    number[]
  >`array[${sql.join(BUCKETS.map((bucket) => sql`(${counter(row, `r${bucket}`)})::int`))}]`;
}
