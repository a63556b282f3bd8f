/** Ratings that round to 1, 2, … 10. */
const BUCKETS = Array.from({ length: 10 }, (_, index) => index + 1);

/**
 * How many rows the counts of one series are spread over. Connections that rate it at once then seldom meet in one;
 * more of them would make every reader add up more.
 */
const SHARDS = 16;

/**
 * SQL: counts what has changed, in the transaction of the change.
 *
 * @param changes a relation of (series_id, former, rating), null where there was or is no rating
 */
export function counting(changes: string): string {
  const columns = ['count', 'sum', ...BUCKETS.map((bucket) => `r${bucket}`)];
  const rounded = (rating: string) => `floor(${rating} + 0.5)`;
  const changed = BUCKETS.map(
    (bucket) =>
      `count(*) filter (where ${rounded('rating')} = ${bucket}) - count(*) filter (where ${rounded('former')} = ${bucket})`,
  );
  return `insert into rating_counts as c (series_id, shard, ${columns.join(', ')})
    select series_id, pg_backend_pid() % ${SHARDS}, count(rating) - count(former),
      coalesce(sum(rating), 0) - coalesce(sum(former), 0), ${changed.join(', ')}
    from ${changes} group by series_id order by series_id
    on conflict (series_id, shard) do update set
      ${columns.map((column) => `${column} = c.${column} + excluded.${column}`).join(', ')}`;
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
