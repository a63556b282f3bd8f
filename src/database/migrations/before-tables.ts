/** What the first tables need to exist: kept apart from the generated statements. */
export const BEFORE_TABLES = [
  // pg_trgm is "trusted" since PostgreSQL 13: the owner of the database may create it.
  `create extension if not exists pg_trgm`,

  // Level 1 compares base letters alone: neither case nor accents. Ties are broken by id in every query.
  `create collation name_order (provider = icu, locale = 'und-u-ks-level1', deterministic = false)`,

  // Every character and every pair of neighbours in the text, by which searches too short for trigrams are served.
  `create function search_grams(value text) returns text[]
   language sql immutable strict parallel safe
   return (
     select array_agg(distinct gram)
     from (
       select unnest(array[letter, letter || lead(letter) over (order by position)]) as gram
       from unnest(string_to_array(value, null)) with ordinality as letters (letter, position)
     ) as grams
     where gram !~ '\\n'
   )`,

  `create function refuse_change() returns trigger language plpgsql as $$
   begin
     raise exception 'this table is append-only' using errcode = 'insufficient_privilege';
   end $$`,

  `create function series_count_insert() returns trigger language plpgsql as $$
   begin
     insert into series_counts as c (client_id, type, public, total)
     select coalesce(client_id, 0), type, public, count(*) from added group by 1, 2, 3 order by 1, 2, 3
     on conflict (client_id, type, public) do update set total = c.total + excluded.total;
     return null;
   end $$`,

  `create function series_count_delete() returns trigger language plpgsql as $$
   begin
     insert into series_counts as c (client_id, type, public, total)
     select coalesce(client_id, 0), type, public, -count(*) from removed group by 1, 2, 3 order by 1, 2, 3
     on conflict (client_id, type, public) do update set total = c.total + excluded.total;
     return null;
   end $$`,

  `create function series_count_update() returns trigger language plpgsql as $$
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

/** The roles and permissions that every installation has. */
export const SEEDS = [
  `insert into permissions (name, description) values
   ('rate-series', 'Rate series'),
   ('view-users', 'See users, their counts and the statistics'),
   ('edit-users', 'Change users, their images and roles, and sign them out'),
   ('delete-users', 'Delete users'),
   ('view-roles', 'See roles and permissions'),
   ('edit-roles', 'Create, change and delete roles'),
   ('view-audit-log', 'Read the audit log'),
   ('manage-clients', 'Register clients and rotate their keys'),
   ('manage-catalog', 'Import series and volumes')`,
  `insert into roles (name, description) values
   ('user', 'What every reader may do'), ('admin', 'Everything')`,
  `insert into role_permissions (role_id, permission)
   select r.id, p.name from roles r join permissions p on r.name = 'admin' or p.name = 'rate-series'`,
];
