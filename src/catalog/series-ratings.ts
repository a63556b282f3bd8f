import { type RawBuilder, sql } from 'kysely';
import { tables } from '../database/statement.js';
import type { RatingShardSchema } from './read-model.entity.js';

const db = tables<typeof RatingShardSchema>();

/** The ratings that a histogram counts: each rating rounded half up. */
export const BUCKETS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** A counter of a series' ratings. */
export type RatingCounter = 'count' | 'sum' | `r${(typeof BUCKETS)[number]}`;

/**
 * The value of a counter: of the row of `rating_totals`, and of the shards if there are any. 0 without a row.
 *
 * @param row the relation of the row
 */
function counter(row: string, name: RatingCounter): RawBuilder<number> {
  const total = sql`coalesce(${sql.ref(`${row}.${name}`)}, 0)`;
  const shards = db
    .selectFrom('rating_shards as h')
    .select((eb) => eb.fn.sum(`h.${name}`).as('total'))
    .where('h.series_id', '=', sql.ref<number>(`${row}.series_id`));
  // PostgreSQL evaluates the subquery for sharded series only.
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
