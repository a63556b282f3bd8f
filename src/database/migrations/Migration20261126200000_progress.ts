import { Migration } from '@mikro-orm/migrations';

/** The indexes of entries except the primary key, and that of the new list of changes. */
const INDEXES: readonly [name: string, definition: string][] = [
  ['reading_entries_by_update', `("user_id", "last_update", "series_id")`],
  ['reading_entries_by_name', `("user_id", "series_name", "series_id")`],
  ['reading_entries_by_series', `("series_id")`],
  ['reading_entries_public', `("user_id", "last_update", "series_id") where visibility = 'public'`],
  ['reading_entries_public_by_name', `("user_id", "series_name", "series_id") where visibility = 'public'`],
  ['reading_entries_by_version', `("user_id", "version")`],
];

/**
 * Versions and a second counter of entries, former reads, the event log, tombstones, idempotency keys. `planned` can be
 * added here, because no statement of a migration uses it: PostgreSQL forbids that in the same transaction.
 */
export class Migration20261126200000Progress extends Migration {
  override up(): void {
    this.addSql(`create type "event_kind" as enum ('entry', 'read', 'rating', 'item')`);
    this.addSql(`create type "event_action" as enum ('add', 'update', 'delete')`);
    this.addSql(`create type "event_origin" as enum ('request', 'bulk', 'import', 'undo')`);
    this.addSql(`alter type "reading_status" add value if not exists 'planned' before 'started'`);

    this.addSql(
      `create table "reader_counters" ("user_id" text not null, "number" int not null, primary key ("user_id")) with (fillfactor = 60)`,
    );
    this.addSql(
      `create table "reader_events" ("user_id" text not null, "number" int not null, "at" timestamptz(3) not null default clock_timestamp(), "kind" "event_kind" not null, "action" "event_action" not null, "series_id" int not null, "volume_id" int null, "resource_id" bigint null, "client_id" int null, "device" text null, "token_id" int null, "origin" "event_origin" not null default 'request', "origin_id" int null, "undoes" int null, "before" jsonb null, "after" jsonb null, primary key ("user_id", "number"))`,
    );
    this.addSql(`create index "reader_events_by_time" on "reader_events" using brin ("at")`);
    this.addSql(
      `create index "reader_events_by_origin" on "reader_events" ("user_id", "origin_id", "number") where origin_id is not null`,
    );
    this.addSql(
      `create table "deleted_entries" ("user_id" text not null, "series_id" int not null, "version" int not null, "at" timestamptz(3) not null default clock_timestamp(), primary key ("user_id", "series_id"))`,
    );
    this.addSql(`create index "deleted_entries_by_version" on "deleted_entries" ("user_id", "version")`);
    this.addSql(`create index "deleted_entries_by_time" on "deleted_entries" using brin ("at")`);
    this.addSql(
      `create table "idempotency_keys" ("user_id" text not null, "key" text not null, "fingerprint" text not null, "status" smallint not null, "body" text not null, "created" timestamptz(3) not null default clock_timestamp(), primary key ("user_id", "key"))`,
    );
    this.addSql(`create index "idempotency_keys_by_time" on "idempotency_keys" using brin ("created")`);
    this.addSql(
      `create table "former_reads" ("user_id" text not null, "series_id" int not null, "id" int not null, "status" "reading_status" not null, "start" text null, "end" text null, "chapters" numeric(7,2) null, "volumes" numeric(7,2) null, "score" numeric(3,1) null, "notes" text null, primary key ("user_id", "series_id", "id"))`,
    );

    // Each entry gets its number in the order of the last updates. One pass without indexes, which are then rebuilt by
    // sorting: an update of all rows with seven indexes takes several times as long.
    this.addSql(
      `alter table "reading_entries" add "other_progress" numeric(7,2) null, add "created" timestamptz(3) not null default current_timestamp(3), add "version" int not null default 0, add "read_id" int not null default 0, add "former_reads" smallint not null default 0`,
    );
    for (const [name] of INDEXES) this.addSql(`drop index if exists "${name}"`);
    this.addSql(
      `update "reading_entries" e set created = e.last_update, version = n.number, read_id = n.number
       from (
         select user_id, series_id, row_number() over (partition by user_id order by last_update, series_id) as number
         from "reading_entries"
       ) as n
       where n.user_id = e.user_id and n.series_id = e.series_id`,
    );
    this.addSql(`alter table "reading_entries" alter "version" drop default, alter "read_id" drop default`);
    for (const [name, definition] of INDEXES) {
      this.addSql(`create index "${name}" on "reading_entries" ${definition}`);
    }
    this.addSql(
      `insert into "reader_counters" (user_id, number) select user_id, count(*) from "reading_entries" group by user_id`,
    );

    this.addSql(
      `alter table "former_reads" add constraint "former_reads_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "reader_counters" add constraint "reader_counters_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
  }
}
