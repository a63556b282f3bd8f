-- Counts the photos that were uploaded under each client.
create or replace function count_client_photos() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_change('client_photos:' || client_id, count(*), false)
    from added group by client_id order by client_id;
  else
    perform count_change('client_photos:' || client_id, -count(*), false)
    from removed group by client_id order by client_id;
  end if;
  return null;
end $$;
