-- Moves changed series from one counter to another.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function series_count_update() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, total)
  select client_id, type, public, sum(change)
  from (
    select coalesce(client_id, 0) as client_id, type, public, 1 as change from added
    union all
    select coalesce(client_id, 0), type, public, -1 from removed
  ) as changes
  group by 1, 2, 3 having sum(change) <> 0 order by 1, 2, 3
  on conflict (client_id, type, public) do update set total = c.total + excluded.total;
  return null;
end $$;
