-- Counts the users of each role.
create or replace function count_role_users() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_change('role:' || role_id, count(*), false) from added group by role_id order by role_id;
  else
    perform count_change('role:' || role_id, -count(*), false) from removed group by role_id order by role_id;
  end if;
  return null;
end $$;
