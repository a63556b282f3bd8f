-- Subtracts deleted collection items from the totals of their user. When the user is deleted, the totals are deleted by
-- their foreign key, and there is nothing to update.
create or replace function collection_total_delete() returns trigger language plpgsql as $$
begin
  update collection_totals c set items = c.items - r.items, spent = c.spent - r.spent
  from (
    select user_id, series_client, state, currency, count(*) as items, sum(price) as spent
    from removed group by 1, 2, 3, 4 order by 1, 2, 3, 4
  ) as r
  where (c.user_id, c.series_client, c.state, c.currency) = (r.user_id, r.series_client, r.state, r.currency);
  return null;
end $$;
