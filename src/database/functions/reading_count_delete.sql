-- Subtracts deleted reading entries from the counters of their user. When the user is deleted, the counters are
-- deleted by their foreign key, and there is nothing to update.
create or replace function reading_count_delete() returns trigger language plpgsql as $$
begin
  update reading_counts c set total = c.total - r.count
  from (
    select user_id, visibility, status, series_client, count(*) as count
    from removed group by 1, 2, 3, 4 order by 1, 2, 3, 4
  ) as r
  where (c.user_id, c.visibility, c.status, c.series_client) =
    (r.user_id, r.visibility, r.status, r.series_client);
  return null;
end $$;
