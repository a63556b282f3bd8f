import { Migration } from '@mikro-orm/migrations';

/** The functions of earlier migrations, as the files in `src/database/functions` defined them at this version. */
const FUNCTIONS = [
  `create or replace function collection_total_delete() returns trigger language plpgsql as $$
   begin
     update collection_totals c set items = c.items - r.items, spent = c.spent - r.spent
     from (
       select user_id, series_client, count(*) as items, sum(price) as spent
       from removed group by 1, 2 order by 1, 2
     ) as r
     where (c.user_id, c.series_client) = (r.user_id, r.series_client);
     return null;
   end $$`,
  `create or replace function collection_total_insert() returns trigger language plpgsql as $$
   begin
     insert into collection_totals as c (user_id, series_client, items, spent)
     select user_id, series_client, count(*), sum(price)
     from added group by 1, 2 order by 1, 2
     on conflict (user_id, series_client) do update
       set items = c.items + excluded.items, spent = c.spent + excluded.spent;
     return null;
   end $$`,
  `create or replace function collection_total_update() returns trigger language plpgsql as $$
   begin
     insert into collection_totals as c (user_id, series_client, items, spent)
     select user_id, series_client, sum(items), sum(spent) from (values
       (old.user_id, old.series_client, -1, -old.price),
       (new.user_id, new.series_client, 1, new.price)
     ) as changes (user_id, series_client, items, spent) group by 1, 2 order by 1, 2
     on conflict (user_id, series_client) do update
       set items = c.items + excluded.items, spent = c.spent + excluded.spent;
     return null;
   end $$`,
  `create or replace function count_bytes() returns trigger language plpgsql as $$
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
   end $$`,
  `create or replace function count_change(counted text, change bigint, daily boolean) returns void language plpgsql as $$
   begin
     if change is null or change = 0 then return; end if;
     insert into totals (kind, shard, value) values (counted, pg_backend_pid() % 32, change)
     on conflict (kind, shard) do update set value = totals.value + excluded.value;
     if daily then
       insert into daily_counts (day, kind, shard, value)
       values ((current_timestamp at time zone 'UTC')::date, counted, pg_backend_pid() % 32, change)
       on conflict (day, kind, shard) do update set value = daily_counts.value + excluded.value;
     end if;
   end $$`,
  `create or replace function count_role_users() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change('role:' || role_id, count(*), false) from added group by role_id order by role_id;
     else
       perform count_change('role:' || role_id, -count(*), false) from removed group by role_id order by role_id;
     end if;
     return null;
   end $$`,
  `create or replace function count_rows() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change(tg_argv[0], (select count(*) from added), true);
     else
       perform count_change(tg_argv[0], -(select count(*) from removed), false);
     end if;
     return null;
   end $$`,
  `create or replace function reading_count_delete() returns trigger language plpgsql as $$
   begin
     update reading_counts c set total = c.total - r.count
     from (
       select user_id, visibility, status, series_client, count(*) as count
       from removed group by 1, 2, 3, 4 order by 1, 2, 3, 4
     ) as r
     where (c.user_id, c.visibility, c.status, c.series_client) =
       (r.user_id, r.visibility, r.status, r.series_client);
     return null;
   end $$`,
  `create or replace function reading_count_insert() returns trigger language plpgsql as $$
   begin
     insert into reading_counts as c (user_id, visibility, status, series_client, total)
     select user_id, visibility, status, series_client, count(*)
     from added group by 1, 2, 3, 4 order by 1, 2, 3, 4
     on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
     return null;
   end $$`,
  `create or replace function reading_count_update() returns trigger language plpgsql as $$
   begin
     insert into reading_counts as c (user_id, visibility, status, series_client, total)
     select * from (values
       (old.user_id, old.visibility, old.status, old.series_client, -1),
       (new.user_id, new.visibility, new.status, new.series_client, 1)
     ) as changes order by 1, 2, 3, 4
     on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
     return null;
   end $$`,
  `create or replace function refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception 'this table is append-only' using errcode = 'insufficient_privilege';
   end $$`,
  `create or replace function search_grams(value text) returns text[]
   language sql immutable strict parallel safe cost 10000
   return (
     select array_agg(distinct gram)
     from (
       select unnest(array[letter, letter || lead(letter) over (order by position)]) as gram
       from unnest(string_to_array(value, null)) with ordinality as letters (letter, position)
     ) as grams
     where gram !~ '\\n'
   )`,
  `create or replace function series_count_delete() returns trigger language plpgsql as $$
   begin
     insert into series_counts as c (client_id, type, public, total)
     select coalesce(client_id, 0), type, public, -count(*) from removed group by 1, 2, 3 order by 1, 2, 3
     on conflict (client_id, type, public) do update set total = c.total + excluded.total;
     return null;
   end $$`,
  `create or replace function series_count_insert() returns trigger language plpgsql as $$
   begin
     insert into series_counts as c (client_id, type, public, total)
     select coalesce(client_id, 0), type, public, count(*) from added group by 1, 2, 3 order by 1, 2, 3
     on conflict (client_id, type, public) do update set total = c.total + excluded.total;
     return null;
   end $$`,
  `create or replace function series_count_update() returns trigger language plpgsql as $$
   begin
     insert into series_counts as c (client_id, type, public, total)
     select client_id, type, public, sum(change)
     from (
       select coalesce(client_id, 0) as client_id, type, public, 1 as change from added
       union all
       select coalesce(client_id, 0), type, public, -1 from removed
     ) as changes
     group by 1, 2, 3 having sum(change) <> 0 order by 1, 2, 3
     on conflict (client_id, type, public) do update set total = c.total + excluded.total;
     return null;
   end $$`,
];

export class Migration20261126140000Functions extends Migration {
  override up(): void {
    for (const definition of FUNCTIONS) this.addSql(definition);
  }
}
