-- Counts the rows that a statement inserts or deletes, for the statistics; the argument names the total.
create or replace function count_rows() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform count_change(tg_argv[0], (select count(*) from added), true);
  else
    perform count_change(tg_argv[0], -(select count(*) from removed), false);
  end if;
  return null;
end $$;
