import { Migration } from '@mikro-orm/migrations';

/** Series of the shelf, look-ups by ISBN, and calendars. */
export class Migration20261127023921ShelfSeries extends Migration {
  override name = 'Migration20261127023921_shelf_series';

  override up(): void {
    this.addSql(
      `create table "calendar_secrets" ("user_id" text not null, "hash" text not null, primary key ("user_id"))`,
    );
    this.addSql(`
      create or replace function isbn_of(isbn13 text, isbn10 text) returns text
language sql immutable parallel safe cost 100
return coalesce(isbn13, case when isbn10 ~ '^\\d{9}[\\dX]$' then (
  select '978' || left(isbn10, 9) || (10 - sum(
    substr('978' || isbn10, position, 1)::int * case when position % 2 = 0 then 3 else 1 end
  ) % 10) % 10
  from generate_series(1, 12) as digits (position)
) end)`);
    this.addSql(
      `create index "volumes_by_isbn" on "volumes" (isbn_of("isbn13", "isbn10")) where isbn_of("isbn13", "isbn10") is not null`,
    );
    this.addSql(
      `create index "volumes_by_release" on "volumes" ("release_date", "id") where release_date is not null`,
    );
    this.addSql(`alter table "collection_items" add "series_id" int null`);
    this.addSql(
      `update "collection_items" i set "series_id" = v."series_id" from "volumes" v where v."id" = i."volume_id"`,
    );
    // The pending events of the foreign keys must be checked before the table is altered again.
    this.addSql(`set constraints all immediate`);
    this.addSql(`alter table "collection_items" alter column "series_id" set not null`);
    this.addSql(
      `alter table "calendar_secrets" add constraint "calendar_secrets_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
  }
}
