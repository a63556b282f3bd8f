-- Adds a change to a total of the statistics and, for daily counts, to the count of the current day in UTC. Each total is
-- spread over 32 rows by the process that writes, so that concurrent transactions seldom lock the same row.
create or replace function count_change(counted text, change bigint, daily boolean) returns void language plpgsql as $$
begin
  if change is null or change = 0 then return; end if;
  insert into totals (kind, shard, value) values (counted, pg_backend_pid() % 32, change)
  on conflict (kind, shard) do update set value = totals.value + excluded.value;
  if daily then
    insert into daily_counts (day, kind, shard, value)
    values ((current_timestamp at time zone 'UTC')::date, counted, pg_backend_pid() % 32, change)
    on conflict (day, kind, shard) do update set value = daily_counts.value + excluded.value;
  end if;
end $$;
