-- Moves a changed reading entry from one counter of its user to another.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function reading_count_update() returns trigger language plpgsql as $$
begin
  insert into reading_counts as c (user_id, visibility, status, series_client, total)
  select * from (values
    (old.user_id, old.visibility, old.status, old.series_client, -1),
    (new.user_id, new.visibility, new.status, new.series_client, 1)
  ) as changes order by 1, 2, 3, 4
  on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
  return null;
end $$;
