/** Ratings that round to 1, 2, … 10. */
const BUCKETS = Array.from({ length: 10 }, (_, index) => index + 1);

/**
 * How many rows the counts of one series are spread over. Connections that rate it at once then seldom meet in one;
 * more of them would make every reader add up more.
 */
const SHARDS = 16;
const SHARD = `pg_backend_pid() % ${SHARDS}`;

/** Columns of the counts, and what a change of a rating from `former` to `rating`, null for none, adds to each. */
const CHANGES: Record<string, string> = {
  count: '(rating is not null)::int - (former is not null)::int',
  sum: 'coalesce(rating, 0) - coalesce(former, 0)',
  ...Object.fromEntries(
    BUCKETS.map((bucket) => [`r${bucket}`, `${roundsTo('rating', bucket)} - ${roundsTo('former', bucket)}`]),
  ),
};
const COLUMNS = Object.keys(CHANGES);

function roundsTo(rating: string, bucket: number): string {
  return `(floor(${rating} + 0.5) is not distinct from ${bucket})::int`;
}

/**
 * SQL: counts a rating that has changed, in the transaction of the change.
 *
 * @param change a relation of one (series_id, former, rating), null where there was or is no rating
 */
export function countingOne(change: string): string {
  return adding(`select series_id, ${SHARD}, ${Object.values(CHANGES).join(', ')} from ${change}`);
}

/** SQL: the same for any number of changes. */
export function countingAll(changes: string): string {
  const sums = Object.values(CHANGES).map((added) => `sum(${added})`);
  return adding(
    `select series_id, ${SHARD}, ${sums.join(', ')} from ${changes} group by series_id order by series_id`,
  );
}

function adding(rows: string): string {
  return `insert into rating_counts as c (series_id, shard, ${COLUMNS.join(', ')}) ${rows}
    on conflict (series_id, shard) do update set
      ${COLUMNS.map((column) => `${column} = c.${column} + excluded.${column}`).join(', ')}`;
}

/** SQL: the average and the number of a series' ratings, behind a relation `s` of series. */
export const RATED = `left join lateral (
    select sum(c.count)::int as rating_count, round(sum(c.sum) / nullif(sum(c.count), 0), 2) as average_rating
    from rating_counts c where c.series_id = s.id
  ) as rated on true`;

/** SQL: the histogram of a series' ratings as an array of ten, behind a relation `s` of series. */
export const HISTOGRAM = `(
    select array[${BUCKETS.map((bucket) => `coalesce(sum(c.r${bucket}), 0)::int`).join(', ')}]
    from rating_counts c where c.series_id = s.id
  ) as histogram`;
