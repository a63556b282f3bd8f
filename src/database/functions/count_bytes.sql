-- Sums the stored bytes of the rows that a statement changes, for the statistics; the argument names the total.
create or replace function count_bytes() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_change(tg_argv[0], (select sum(stored_bytes) from added), false);
  elsif tg_op = 'UPDATE' then
    perform count_change(
      tg_argv[0], (select sum(stored_bytes) from added) - (select sum(stored_bytes) from removed), false
    );
  else
    perform count_change(tg_argv[0], -(select sum(stored_bytes) from removed), false);
  end if;
  return null;
end $$;
