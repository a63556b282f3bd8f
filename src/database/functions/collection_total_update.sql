-- Replaces the old price of a changed item by the new one in its user's total.
create or replace function collection_total_update() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, items, spent)
  select user_id, series_client, sum(items), sum(spent) from (values
    (old.user_id, old.series_client, -1, -old.price),
    (new.user_id, new.series_client, 1, new.price)
  ) as changes (user_id, series_client, items, spent) group by 1, 2 order by 1, 2
  on conflict (user_id, series_client) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$;
