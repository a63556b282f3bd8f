import { type Expression, type RawBuilder, sql } from 'kysely';
import { asCount } from '../database/expressions.js';
import { tables } from '../database/statement.js';
import type { RatingCountSchema } from './catalog.entity.js';

const db = tables<typeof RatingCountSchema>();

/** The ratings that a histogram counts: each rating rounded half up. */
export const BUCKETS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const;

/** The average of the counters `c`, of a series or of a group; null without a rating. */
export const AVERAGE = sql<number | null>`round(sum(c.sum) / nullif(sum(c.count), 0), 2)`;

/** The number and the average of a series' ratings, added up from its counters. */
export function ratingSummaryOf(seriesId: Expression<number>) {
  return db
    .selectFrom('rating_counts as c')
    .select((eb) => [
      sql<number>`${eb.fn.sum('c.count')}::int`.as('rating_count'),
      AVERAGE.as('average_rating'),
    ])
    .where('c.series_id', '=', seriesId);
}

/** Array of ten: the numbers of a series' ratings that round to 1, 2, … 10. */
export function histogramOf(seriesId: Expression<number>): RawBuilder<number[]> {
  const counters = db
    .selectFrom('rating_counts as c')
    .select((eb) =>
      // Kysely has no form for an array.
      sql<number[]>`array[${sql.join(BUCKETS.map((bucket) => asCount(eb.fn.sum(`c.r${bucket}`))))}]`.as(
        'counts',
      ),
    )
    .where('c.series_id', '=', seriesId);
  return sql<number[]>`${counters}`;
}
