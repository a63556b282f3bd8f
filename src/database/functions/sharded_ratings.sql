-- The sums of a series' shards: count, sum, r1 … r10; null without a shard. A function, and not a subquery, since PostgreSQL
-- prepares a subquery at every execution, also when no series of a page is sharded. STABLE: it reads the snapshot of the
-- calling statement.
create or replace function sharded_ratings(series int) returns numeric[] language plpgsql stable parallel safe as $$
begin
  return (
    select array[
      sum(count), sum(sum), sum(r1), sum(r2), sum(r3), sum(r4), sum(r5), sum(r6), sum(r7), sum(r8), sum(r9), sum(r10)
    ]
    from rating_shards where series_id = series
  );
end $$;
