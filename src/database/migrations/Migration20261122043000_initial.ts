import { Migration } from '@mikro-orm/migrations';
import { BEFORE_TABLES, SEEDS } from './before-tables.js';

/** The tables of accounts, sessions, roles, clients, the audit log, the catalog and the reading history. */
export class Migration20261122043000Initial extends Migration {
  override up(): void {
    for (const statement of BEFORE_TABLES) this.addSql(statement);

    this.addSql(`create type "visibility" as enum ('private', 'public')`);
    this.addSql(`create type "progress_type" as enum ('chapters', 'volumes')`);
    this.addSql(`create type "reading_status" as enum ('started', 'completed', 'paused', 'dropped')`);
    this.addSql(`create type "priority" as enum ('low', 'mid', 'high')`);
    this.addSql(
      `create table "audit_entries" ("id" bigserial primary key, "at" timestamptz(3) not null default current_timestamp(3), "actor" text null, "action" text not null, "target" text null, "ip" text null, "result" text not null, "before" jsonb null, "after" jsonb null)`,
    );
    this.addSql(`create index "audit_entries_actor" on "audit_entries" ("actor", "id")`);
    this.addSql(`create index "audit_entries_target" on "audit_entries" ("target", "id")`);
    this.addSql(`create index "audit_entries_action" on "audit_entries" ("action", "id")`);
    this.addSql(`create index "audit_entries_at" on "audit_entries" ("at")`);
    this.addSql(
      `create trigger "audit_entries_append_only" before update or delete or truncate on "audit_entries" for each statement execute function refuse_change()`,
    );
    this.addSql(
      `create table "clients" ("id" serial primary key, "name" text not null, "enabled" boolean not null default true, "scopes" text[] not null default '{}', "key_hash" text not null, "former_key_hash" text null, "former_key_valid_until" timestamptz(3) null, "created" timestamptz(3) not null default current_timestamp(3))`,
    );
    this.addSql(`create table "emails" ("key" text not null, "user_id" text not null, primary key ("key"))`);
    this.addSql(
      `create table "permissions" ("name" text not null, "description" text not null, primary key ("name"))`,
    );
    this.addSql(
      `create table "rate_limits" ("key" varchar(255) not null, "points" int not null default 0, "expire" bigint null, primary key ("key"))`,
    );
    this.addSql(
      `create table "roles" ("id" serial primary key, "name" text not null, "description" text null)`,
    );
    this.addSql(`alter table "roles" add constraint "roles_name_unique" unique ("name")`);
    this.addSql(
      `create table "role_permissions" ("role_id" int not null, "permission" text not null, primary key ("role_id", "permission"))`,
    );
    this.addSql(
      `create table "series" ("id" serial primary key, "external_id" text not null, "name" text collate "name_order" not null, "type" text not null, "slug" text not null, "origin" text not null, "client_id" int null, "public" smallint not null default 1, "nsfw" smallint not null default 0, "nsfw18" smallint not null default 0, "tags" text[] not null default '{}', "authors" text[] not null default '{}', "links" jsonb not null default '{}', "search_text" text not null, "digest" text not null, "added" timestamptz(3) not null default current_timestamp(3))`,
    );
    this.addSql(`alter table "series" add constraint "series_external_id_unique" unique ("external_id")`);
    this.addSql(`create index "series_by_name" on "series" ("name", "id") where public = 1`);
    this.addSql(`create index "series_by_type" on "series" ("type", "name", "id") where public = 1`);
    this.addSql(`create index "series_by_added" on "series" ("added", "id") where public = 1`);
    this.addSql(`create index "series_by_client" on "series" ("client_id")`);
    this.addSql(`create index "series_search_trigrams" on "series" using gin ("search_text" gin_trgm_ops)`);
    this.addSql(`create index "series_search_grams" on "series" using gin (search_grams("search_text"))`);
    this.addSql(
      `alter table "series" add constraint "series_type_check" check ("type" in ('Manga', 'Manhwa', 'Manhua', 'Novel', 'Comic', 'Other'))`,
    );
    this.addSql(
      `create trigger "series_count_insert" after insert on "series" referencing new table as added for each statement execute function series_count_insert()`,
    );
    this.addSql(
      `create trigger "series_count_update" after update on "series" referencing old table as removed new table as added for each statement execute function series_count_update()`,
    );
    this.addSql(
      `create trigger "series_count_delete" after delete on "series" referencing old table as removed for each statement execute function series_count_delete()`,
    );
    this.addSql(
      `create table "series_counts" ("client_id" int not null, "type" text not null, "public" smallint not null, "total" int not null, primary key ("client_id", "type", "public"))`,
    );
    this.addSql(
      `create table "series_descriptions" ("series_id" int not null, "language" text not null, "text" text not null, primary key ("series_id", "language"))`,
    );
    this.addSql(
      `create table "series_titles" ("series_id" int not null, "position" int not null, "language" text null, "title" text not null, primary key ("series_id", "position"))`,
    );
    this.addSql(
      `create table "users" ("id" text not null, "username" text not null, "email" text null, "password_hash" text not null, "first_name" text null, "last_name" text null, "website" text null, "facebook" text null, "instagram" text null, "linkedin" text null, "x" text null, "youtube" text null, "slug" text not null, "age_verified" boolean not null default false, "registered" timestamptz(3) not null default current_timestamp(3), primary key ("id"))`,
    );
    this.addSql(
      `create table "sessions" ("user_id" text not null, "id" uuid not null, "counter" int not null default 0, "issued_at" timestamptz(3) not null default current_timestamp(3), "created" timestamptz(3) not null default current_timestamp(3), "last_used" timestamptz(3) not null default current_timestamp(3), "expires" timestamptz(3) not null, "user_agent" text null, "ip" text not null, primary key ("user_id", "id"))`,
    );
    this.addSql(
      `create table "reading_entries" ("user_id" text not null, "series_id" int not null, "visibility" "visibility" not null default 'private', "progress_type" "progress_type" not null default 'chapters', "progress" numeric(7,2) not null, "status" "reading_status" not null default 'started', "reread" smallint not null default 0, "score" numeric(3,1) null, "priority" "priority" not null, "start" text null, "end" text null, "notes" text null, "client_id" int not null, "last_update" timestamptz(3) not null default current_timestamp(3), primary key ("user_id", "series_id"))`,
    );
    this.addSql(
      `create index "reading_entries_by_update" on "reading_entries" ("user_id", "last_update", "series_id")`,
    );
    this.addSql(
      `create table "usernames" ("key" text not null, "user_id" text not null, primary key ("key"))`,
    );
    this.addSql(
      `create table "user_roles" ("user_id" text not null, "role_id" int not null, primary key ("user_id", "role_id"))`,
    );
    this.addSql(`create index "user_roles_role_id_index" on "user_roles" ("role_id")`);
    this.addSql(
      `create table "volumes" ("id" serial primary key, "external_id" text not null, "series_id" int not null, "name" text not null, "slug" text not null, "group_order" numeric(9,2) not null, "language" text not null, "type" text null, "publisher" text null, "release_date" date null, "pages" int null, "isbn10" text null, "isbn13" text null, "description" text null, "edition_name" text null, "cover_path" text null, "aspect_ratio" double precision null, "nsfw" smallint not null default 0, "nsfw18" smallint not null default 0)`,
    );
    this.addSql(`alter table "volumes" add constraint "volumes_external_id_unique" unique ("external_id")`);
    this.addSql(`create index "volumes_by_series" on "volumes" ("series_id", "group_order", "id")`);
    this.addSql(
      `alter table "role_permissions" add constraint "role_permissions_role_id_foreign" foreign key ("role_id") references "roles" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "role_permissions" add constraint "role_permissions_permission_foreign" foreign key ("permission") references "permissions" ("name") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "series" add constraint "series_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete no action`,
    );
    this.addSql(
      `alter table "series_descriptions" add constraint "series_descriptions_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "series_titles" add constraint "series_titles_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "sessions" add constraint "sessions_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "reading_entries" add constraint "reading_entries_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "reading_entries" add constraint "reading_entries_series_id_foreign" foreign key ("series_id") references "series" ("id") on update cascade on delete no action`,
    );
    this.addSql(
      `alter table "reading_entries" add constraint "reading_entries_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete no action`,
    );
    this.addSql(
      `alter table "user_roles" add constraint "user_roles_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "user_roles" add constraint "user_roles_role_id_foreign" foreign key ("role_id") references "roles" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "volumes" add constraint "volumes_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );

    for (const statement of SEEDS) this.addSql(statement);
  }
}
