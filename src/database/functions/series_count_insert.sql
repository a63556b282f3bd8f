-- Adds new series to the counters of their client, type and visibility.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function series_count_insert() returns trigger language plpgsql as $$
begin
  insert into series_counts as c (client_id, type, public, total)
  select coalesce(client_id, 0), type, public, count(*) from added group by 1, 2, 3 order by 1, 2, 3
  on conflict (client_id, type, public) do update set total = c.total + excluded.total;
  return null;
end $$;
