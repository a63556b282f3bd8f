-- Adds new collection items and their prices to the totals of their user, by state and currency.
-- Groups are ordered by the counters' key, so that concurrent statements lock counters in one order.
create or replace function collection_total_insert() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, state, currency, items, spent)
  select user_id, series_client, state, currency, count(*), sum(price)
  from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (user_id, series_client, state, currency) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$;
