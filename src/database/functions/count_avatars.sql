-- Counts the finished avatars among the rows that a statement changes. A row without a hash is the reservation of an
-- upload in progress.
create or replace function count_avatars() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_change('avatars', (select count(hash) from added), false);
  elsif tg_op = 'UPDATE' then
    perform count_change(
      'avatars', (select count(hash) from added) - (select count(hash) from removed), false
    );
  else
    perform count_change('avatars', -(select count(hash) from removed), false);
  end if;
  return null;
end $$;
