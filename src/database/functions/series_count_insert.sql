-- Adds new series to the counters of their client, type, visibility and age.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function series_count_insert() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, nsfw_level, total)
  select coalesce(client_id, 0), type, public, case when nsfw18 = 1 then 2 else nsfw end, count(*)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (client_id, type, public, nsfw_level) do update set total = c.total + excluded.total;
  return null;
end $$;
