-- Adds new collection items and their prices to the totals of their user.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function collection_total_insert() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, items, spent)
  select user_id, series_client, count(*), sum(price)
  from added group by 1, 2 order by 1, 2
  on conflict (user_id, series_client) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$;
