import { Migration } from '@mikro-orm/migrations';

/** Rows of a total that writers at once spread over. */
const SHARDS = 32;

/** Adds what a statement has changed to the totals, and what it has added to the day's counts. */
const FUNCTIONS = [
  `create function count_change(counted text, change bigint, daily boolean) returns void language plpgsql as $$
   begin
     if change is null or change = 0 then return; end if;
     insert into totals (kind, shard, value) values (counted, pg_backend_pid() % ${SHARDS}, change)
     on conflict (kind, shard) do update set value = totals.value + excluded.value;
     if daily then
       insert into daily_counts (day, kind, shard, value)
       values ((current_timestamp at time zone 'UTC')::date, counted, pg_backend_pid() % ${SHARDS}, change)
       on conflict (day, kind, shard) do update set value = daily_counts.value + excluded.value;
     end if;
   end $$`,

  `create function count_rows() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change(tg_argv[0], (select count(*) from added), true);
     else
       perform count_change(tg_argv[0], -(select count(*) from removed), false);
     end if;
     return null;
   end $$`,

  `create function count_bytes() returns trigger language plpgsql as $$
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

  `create function count_role_users() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change('role:' || role_id, count(*), false) from added group by role_id order by role_id;
     else
       perform count_change('role:' || role_id, -count(*), false) from removed group by role_id order by role_id;
     end if;
     return null;
   end $$`,
];

/** What is there already. */
const BACKFILL = [
  `insert into totals (kind, shard, value)
   select 'users', 0, count(*) from users
   union all select 'sign_ins', 0, count(*) from sessions
   union all select 'entries', 0, count(*) from reading_entries
   union all select 'ratings', 0, count(*) from ratings
   union all select 'items', 0, count(*) from collection_items
   union all select 'photos', 0, count(*) from photos
   union all select 'audit', 0, count(*) from audit_entries
   union all select 'storage_bytes', 0, coalesce(sum(stored_bytes), 0) from photos
   union all select 'role:' || role_id, 0, count(*) from user_roles group by role_id`,
  `insert into daily_counts (day, kind, shard, value)
   select (registered at time zone 'UTC')::date, 'users', 0, count(*) from users group by 1
   union all select (created at time zone 'UTC')::date, 'sign_ins', 0, count(*) from sessions group by 1
   union all select (uploaded at time zone 'UTC')::date, 'photos', 0, count(*) from photos group by 1`,
];

/** Statistics that no request has to count, the search for users, and the order of the audit log. */
export class Migration20261122074000Administration extends Migration {
  override up(): void {
    this.addSql(
      `create table "daily_counts" ("day" date not null, "kind" text not null, "shard" smallint not null, "value" bigint not null, primary key ("day", "kind", "shard"))`,
    );
    this.addSql(
      `create table "totals" ("kind" text not null, "shard" smallint not null, "value" bigint not null, primary key ("kind", "shard"))`,
    );
    this.addSql(`drop index "audit_entries_action"`);
    this.addSql(`drop index "audit_entries_actor"`);
    this.addSql(`drop index "audit_entries_at"`);
    this.addSql(`drop index "audit_entries_target"`);
    this.addSql(`create index "audit_entries_by_time" on "audit_entries" ("at", "id")`);
    this.addSql(`create index "audit_entries_by_actor" on "audit_entries" ("actor", "at", "id")`);
    this.addSql(`create index "audit_entries_by_target" on "audit_entries" ("target", "at", "id")`);
    this.addSql(`create index "audit_entries_by_action" on "audit_entries" ("action", "at", "id")`);
    this.addSql(`alter table "users" add "search_text" text not null default ''`);
    this.addSql(`create index "users_by_name" on "users" ("username" collate "name_order", "id")`);
    this.addSql(`create index "users_by_registered" on "users" ("registered", "id")`);
    this.addSql(`create index "users_search_trigrams" on "users" using gin ("search_text" gin_trgm_ops)`);
    this.addSql(`alter table "photos" add "stored_bytes" int not null default 0`);
    this.addSql(`alter table "avatars" add "stored_bytes" int not null default 0`);
    // As near as SQL comes to the service's folding; a change of the names puts it right.
    this.addSql(
      `update "users" set "search_text" = e'\\n' || lower(normalize(concat_ws(e'\\n', "username", "email", "first_name", "last_name"), NFKC)) || e'\\n'`,
    );
    // What lies there is not known in full: the pictures themselves.
    this.addSql(`update "photos" set "stored_bytes" = "size"`);
    // Counters change far more often than they are added: room beside each keeps its changes out of the index.
    this.addSql(`alter table "totals" set (fillfactor = 60)`);
    this.addSql(`alter table "daily_counts" set (fillfactor = 60)`);
    for (const statement of [...BACKFILL, ...FUNCTIONS]) this.addSql(statement);
    this.addSql(
      `create trigger "audit_entries_audit_insert" after insert on "audit_entries" referencing new table as added for each statement execute function count_rows('audit')`,
    );
    this.addSql(
      `create trigger "users_users_insert" after insert on "users" referencing new table as added for each statement execute function count_rows('users')`,
    );
    this.addSql(
      `create trigger "users_users_delete" after delete on "users" referencing old table as removed for each statement execute function count_rows('users')`,
    );
    this.addSql(
      `create trigger "sessions_sign_ins_insert" after insert on "sessions" referencing new table as added for each statement execute function count_rows('sign_ins')`,
    );
    this.addSql(
      `create trigger "reading_entries_entries_insert" after insert on "reading_entries" referencing new table as added for each statement execute function count_rows('entries')`,
    );
    this.addSql(
      `create trigger "reading_entries_entries_delete" after delete on "reading_entries" referencing old table as removed for each statement execute function count_rows('entries')`,
    );
    this.addSql(
      `create trigger "ratings_ratings_insert" after insert on "ratings" referencing new table as added for each statement execute function count_rows('ratings')`,
    );
    this.addSql(
      `create trigger "ratings_ratings_delete" after delete on "ratings" referencing old table as removed for each statement execute function count_rows('ratings')`,
    );
    this.addSql(
      `create trigger "photos_photos_insert" after insert on "photos" referencing new table as added for each statement execute function count_rows('photos')`,
    );
    this.addSql(
      `create trigger "photos_photos_delete" after delete on "photos" referencing old table as removed for each statement execute function count_rows('photos')`,
    );
    this.addSql(
      `create trigger "photos_storage_bytes_insert" after insert on "photos" referencing new table as added for each statement execute function count_bytes('storage_bytes')`,
    );
    this.addSql(
      `create trigger "photos_storage_bytes_delete" after delete on "photos" referencing old table as removed for each statement execute function count_bytes('storage_bytes')`,
    );
    this.addSql(
      `create trigger "avatars_storage_bytes_insert" after insert on "avatars" referencing new table as added for each statement execute function count_bytes('storage_bytes')`,
    );
    this.addSql(
      `create trigger "avatars_storage_bytes_update" after update on "avatars" referencing old table as removed new table as added for each statement execute function count_bytes('storage_bytes')`,
    );
    this.addSql(
      `create trigger "avatars_storage_bytes_delete" after delete on "avatars" referencing old table as removed for each statement execute function count_bytes('storage_bytes')`,
    );
    this.addSql(
      `create trigger "user_roles_role_insert" after insert on "user_roles" referencing new table as added for each statement execute function count_role_users('role')`,
    );
    this.addSql(
      `create trigger "user_roles_role_delete" after delete on "user_roles" referencing old table as removed for each statement execute function count_role_users('role')`,
    );
    this.addSql(
      `create trigger "collection_items_items_insert" after insert on "collection_items" referencing new table as added for each statement execute function count_rows('items')`,
    );
    this.addSql(
      `create trigger "collection_items_items_delete" after delete on "collection_items" referencing old table as removed for each statement execute function count_rows('items')`,
    );
  }
}
