-- Keeps a table append-only.
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'this table is append-only' using errcode = 'insufficient_privilege';
end $$;
