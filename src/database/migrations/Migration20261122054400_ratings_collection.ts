import { Migration } from '@mikro-orm/migrations';

/** The tables of settings, ratings and the collection, and the index of what readers show to others. */
export class Migration20261122054400RatingsCollection extends Migration {
  override up(): void {
    this.addSql(
      `create table "rating_counts" ("series_id" int not null, "shard" smallint not null, "count" int not null default 0, "sum" numeric(12,1) not null default 0, "r1" int not null default 0, "r2" int not null default 0, "r3" int not null default 0, "r4" int not null default 0, "r5" int not null default 0, "r6" int not null default 0, "r7" int not null default 0, "r8" int not null default 0, "r9" int not null default 0, "r10" int not null default 0, primary key ("series_id", "shard"))`,
    );
    this.addSql(
      `create table "ratings" ("user_id" text not null, "series_id" int not null, "rating" numeric(3,1) not null, primary key ("user_id", "series_id"))`,
    );
    this.addSql(
      `create table "user_settings" ("user_id" text not null, "chosen" jsonb not null default '{}', primary key ("user_id"))`,
    );
    this.addSql(
      `create table "collection_items" ("user_id" text not null, "id" bigserial not null, "volume_id" int not null, "client_id" int not null, "price" numeric(8,2) not null, "buy_date" date not null, primary key ("user_id", "id"))`,
    );
    this.addSql(
      `alter table "collection_items" add constraint "collection_items_volume_unique" unique ("user_id", "volume_id")`,
    );
    this.addSql(`alter table "series" add "ranked_average" numeric(4,2) null`);
    this.addSql(`create index "series_by_rating" on "series" ("ranked_average", "id") where public = 1`);
    this.addSql(
      `create index "series_by_rating_desc" on "series" ("ranked_average" DESC nulls LAST, "id") where public = 1`,
    );
    this.addSql(
      `create index "reading_entries_public" on "reading_entries" ("user_id", "last_update", "series_id") include ("status") where visibility = 'public'`,
    );
    this.addSql(`alter table "volumes" add "search_text" text not null default ''`);
    this.addSql(
      `alter table "rating_counts" add constraint "rating_counts_series_id_foreign" foreign key ("series_id") references "series" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "ratings" add constraint "ratings_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "ratings" add constraint "ratings_series_id_foreign" foreign key ("series_id") references "series" ("id") on update cascade on delete no action`,
    );
    this.addSql(
      `alter table "user_settings" add constraint "user_settings_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
    this.addSql(
      `alter table "collection_items" add constraint "collection_items_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "collection_items" add constraint "collection_items_volume_id_foreign" foreign key ("volume_id") references "volumes" ("id") on delete no action`,
    );
    this.addSql(
      `alter table "collection_items" add constraint "collection_items_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete no action`,
    );
    // Counts change far more often than they are added: room beside each keeps its changes out of the index.
    this.addSql(`alter table "rating_counts" set (fillfactor = 60)`);
    // As near as SQL comes to the importer's folding; the next import of a series puts it right.
    this.addSql(`update "volumes" set "search_text" = lower(normalize("name", NFKC))`);
  }
}
