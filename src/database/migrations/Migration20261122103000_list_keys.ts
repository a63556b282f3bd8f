import { Migration } from '@mikro-orm/migrations';

/** Rows of a tally, added or taken away: in the order of the key, so that two statements never wait for each other. */
const READING = (sign: string, rows: string) =>
  `select user_id, visibility, status, series_client, ${sign}count(*) as change from ${rows}
   group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
const COLLECTION = (sign: string, rows: string) =>
  `select user_id, series_client, ${sign}count(*) as items, ${sign}sum(price) as spent from ${rows}
   group by 1, 2 order by 1, 2`;

const FUNCTIONS = [
  `create function reading_count_insert() returns trigger language plpgsql as $$
   begin
     insert into reading_counts as c (user_id, visibility, status, series_client, total) ${READING('', 'added')}
     on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
     return null;
   end $$`,

  // A user's counts go with the user: what is removed then has nothing to be taken from.
  `create function reading_count_delete() returns trigger language plpgsql as $$
   begin
     update reading_counts c set total = c.total + r.change
     from (${READING('-', 'removed')}) as r
     where (c.user_id, c.visibility, c.status, c.series_client) =
       (r.user_id, r.visibility, r.status, r.series_client);
     return null;
   end $$`,

  `create function reading_count_update() returns trigger language plpgsql as $$
   begin
     insert into reading_counts as c (user_id, visibility, status, series_client, total)
     select * from (values
       (old.user_id, old.visibility, old.status, old.series_client, -1),
       (new.user_id, new.visibility, new.status, new.series_client, 1)
     ) as changes order by 1, 2, 3, 4
     on conflict (user_id, visibility, status, series_client) do update set total = c.total + excluded.total;
     return null;
   end $$`,

  `create function collection_total_insert() returns trigger language plpgsql as $$
   begin
     insert into collection_totals as c (user_id, series_client, items, spent) ${COLLECTION('', 'added')}
     on conflict (user_id, series_client) do update
       set items = c.items + excluded.items, spent = c.spent + excluded.spent;
     return null;
   end $$`,

  `create function collection_total_delete() returns trigger language plpgsql as $$
   begin
     update collection_totals c set items = c.items + r.items, spent = c.spent + r.spent
     from (${COLLECTION('-', 'removed')}) as r
     where (c.user_id, c.series_client) = (r.user_id, r.series_client);
     return null;
   end $$`,

  `create function collection_total_update() returns trigger language plpgsql as $$
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
];

const TRIGGERS = [
  ['reading_count_insert', 'insert', 'reading_entries', 'referencing new table as added for each statement'],
  [
    'reading_count_update',
    'update',
    'reading_entries',
    'for each row when (old.visibility <> new.visibility or old.status <> new.status)',
  ],
  [
    'reading_count_delete',
    'delete',
    'reading_entries',
    'referencing old table as removed for each statement',
  ],
  [
    'collection_total_insert',
    'insert',
    'collection_items',
    'referencing new table as added for each statement',
  ],
  ['collection_total_update', 'update', 'collection_items', 'for each row when (old.price <> new.price)'],
  [
    'collection_total_delete',
    'delete',
    'collection_items',
    'referencing old table as removed for each statement',
  ],
];

/** What lists are ordered by stands beside their rows, and their totals are kept: no list reads what it does not show. */
export class Migration20261122103000ListKeys extends Migration {
  override up(): void {
    this.addSql(
      `create table "reading_counts" ("user_id" text not null, "visibility" "visibility" not null, "status" "reading_status" not null, "series_client" int not null, "total" int not null, primary key ("user_id", "visibility", "status", "series_client")) with (fillfactor = 60)`,
    );
    this.addSql(
      `create table "collection_totals" ("user_id" text not null, "series_client" int not null, "items" int not null, "spent" numeric(14,2) not null, primary key ("user_id", "series_client")) with (fillfactor = 60)`,
    );
    this.addSql(
      `alter table "reading_entries" add "series_name" text collate "name_order", add "series_client" int not null default 0`,
    );
    this.addSql(
      `update "reading_entries" e set series_name = s.name, series_client = coalesce(s.client_id, 0) from "series" s where s.id = e.series_id`,
    );
    this.addSql(`alter table "reading_entries" alter "series_name" set not null`);
    this.addSql(
      `alter table "collection_items" add "series_name" text collate "name_order", add "group_order" numeric(9,2), add "series_client" int not null default 0`,
    );
    this.addSql(
      `update "collection_items" i set series_name = s.name, group_order = v.group_order, series_client = coalesce(s.client_id, 0) from "volumes" v join "series" s on s.id = v.series_id where v.id = i.volume_id`,
    );
    this.addSql(
      `alter table "collection_items" alter "series_name" set not null, alter "group_order" set not null`,
    );
    this.addSql(
      `create index "reading_entries_by_name" on "reading_entries" ("user_id", "series_name", "series_id")`,
    );
    // The counts by status, for which it held the status, are kept now.
    this.addSql(`drop index "reading_entries_public"`);
    this.addSql(
      `create index "reading_entries_public" on "reading_entries" ("user_id", "last_update", "series_id") where visibility = 'public'`,
    );
    this.addSql(
      `create index "reading_entries_public_by_name" on "reading_entries" ("user_id", "series_name", "series_id") where visibility = 'public'`,
    );
    this.addSql(`create index "reading_entries_by_series" on "reading_entries" ("series_id")`);
    this.addSql(
      `create index "collection_items_by_name" on "collection_items" ("user_id", "series_name", "group_order", "id")`,
    );
    this.addSql(
      `create index "collection_items_by_date" on "collection_items" ("user_id", "buy_date", "id")`,
    );
    this.addSql(`create index "collection_items_by_volume" on "collection_items" ("volume_id")`);
    this.addSql(
      `alter table "reading_counts" add constraint "reading_counts_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "collection_totals" add constraint "collection_totals_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `insert into "reading_counts" (user_id, visibility, status, series_client, total) ${READING('', '"reading_entries"')}`,
    );
    this.addSql(
      `insert into "collection_totals" (user_id, series_client, items, spent) ${COLLECTION('', '"collection_items"')}`,
    );
    for (const statement of FUNCTIONS) this.addSql(statement);
    for (const [name, event, table, rows] of TRIGGERS) {
      this.addSql(`create trigger "${name}" after ${event} on "${table}" ${rows} execute function ${name}()`);
    }
  }
}
