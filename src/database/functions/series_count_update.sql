-- Moves changed series from one counter to another.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function series_count_update() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, nsfw_level, total)
  select client_id, type, public, nsfw_level, sum(change)
  from (
    select coalesce(client_id, 0) as client_id, type, public,
      case when nsfw18 = 1 then 2 else nsfw end as nsfw_level, 1 as change from added
    union all
    select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, -1 from removed
  ) as changes
  group by 1, 2, 3, 4 having sum(change) <> 0 order by 1, 2, 3, 4
  on conflict (client_id, type, public, nsfw_level) do update set total = c.total + excluded.total;
  return null;
end $$;
