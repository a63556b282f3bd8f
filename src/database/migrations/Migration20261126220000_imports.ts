import { Migration } from '@mikro-orm/migrations';

export class Migration20261126220000Imports extends Migration {
  override up(): void {
    this.addSql(
      `create table "import_rows" ("user_id" text not null, "import_id" int not null, "number" int not null, "content" json not null, "outcome" text null, "reason" text null, "candidates" jsonb not null default '[]', "series_id" int null, "volume_id" int null, "position" numeric(9,2) null, "is_skipped" boolean not null default false, "before" json null, "after" json null, "run" int not null default 0, primary key ("user_id", "import_id", "number"));`,
    );
    this.addSql(
      `create index "import_rows_by_series" on "import_rows" ("user_id", "import_id", "series_id", "number");`,
    );
    this.addSql(
      `create index "import_rows_by_outcome" on "import_rows" ("user_id", "import_id", "outcome", "number");`,
    );

    this.addSql(
      `create table "import_files" ("user_id" text not null, "import_id" int not null, "part" int not null, "bytes" bytea not null, primary key ("user_id", "import_id", "part"));`,
    );

    this.addSql(
      `create table "imports" ("user_id" text not null, "id" int not null, "state" text not null, "format" text null, "strategy" text not null, "client_id" int not null, "visibility" "visibility" not null, "scale" int null, "keep_extras" boolean not null, "is_stored" boolean not null default false, "is_undo" boolean not null default false, "run" int not null default 0, "done" int not null default 0, "total" int not null default 0, "counts" jsonb not null default '{}', "error_message" text null, "error_line" int null, "created" timestamptz(3) not null default current_timestamp(3), "expires" timestamptz(3) not null, primary key ("user_id", "id"));`,
    );
    this.addSql(`create index "imports_by_expiry" on "imports" ("expires");`);

    this.addSql(
      `create index "series_by_mal" on "series" ((links ->> 'mal')) where links ->> 'mal' is not null;`,
    );
    this.addSql(
      `create index "series_by_anilist" on "series" ((links ->> 'anilist')) where links ->> 'anilist' is not null;`,
    );
    this.addSql(
      `create index "series_by_kitsu" on "series" ((links ->> 'kitsu')) where links ->> 'kitsu' is not null;`,
    );
    this.addSql(
      `create index "series_by_mangaupdates" on "series" ((links ->> 'mangaupdates')) where links ->> 'mangaupdates' is not null;`,
    );
    this.addSql(
      `create index "series_by_mangadex" on "series" ((links ->> 'mangadex')) where links ->> 'mangadex' is not null;`,
    );

    this.addSql(
      `create index "series_search_names" on "series_search" using gin (string_to_array("search_text", E'\\n')) with (fastupdate = off);`,
    );
    this.addSql(
      `create index "series_compact_names" on "series_search" using gin (string_to_array("search_compact", E'\\n')) with (fastupdate = off);`,
    );

    this.addSql(`create index "volumes_by_isbn10" on "volumes" ("isbn10") where isbn10 is not null;`);
    this.addSql(`create index "volumes_by_isbn13" on "volumes" ("isbn13") where isbn13 is not null;`);

    this.addSql(
      `alter table "import_rows" add constraint "import_rows_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "import_files" add constraint "import_files_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "imports" add constraint "imports_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }
}
