-- Adds new reading entries to the counters of their user.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function reading_count_insert() returns trigger language plpgsql as $$
begin
  insert into reading_counts as c (user_id, visibility, status, series_client, total)
  select user_id, visibility, status, series_client, count(*)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
  return null;
end $$;
