-- Moves a changed item, with its price, to the total of its new state and currency.
create or replace function collection_total_update() returns trigger language plpgsql as $$
begin
  insert into collection_totals as c (user_id, series_client, state, currency, items, spent)
  select user_id, series_client, state, currency, sum(items), sum(spent) from (values
    (old.user_id, old.series_client, old.state, old.currency, -1, -old.price),
    (new.user_id, new.series_client, new.state, new.currency, 1, new.price)
  ) as changes (user_id, series_client, state, currency, items, spent) group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (user_id, series_client, state, currency) do update
    set items = c.items + excluded.items, spent = c.spent + excluded.spent;
  return null;
end $$;
