import { Migration } from '@mikro-orm/migrations';

/**
 * A second form of the texts that searches compare, and the version of both. Stored texts get their forms when the
 * service starts, since the folding is code.
 */
export class Migration20261126084800SearchForms extends Migration {
  override up(): void {
    this.addSql(`create table "search_folding" ("kind" text primary key, "version" int not null)`);
    this.addSql(`alter table "series" add "search_compact" text not null default ''`);
    this.addSql(
      `create index "series_compact_trigrams" on "series" using gin ("search_compact" gin_trgm_ops)`,
    );
    this.addSql(`alter table "users" add "search_compact" text not null default ''`);
    this.addSql(`create index "users_compact_trigrams" on "users" using gin ("search_compact" gin_trgm_ops)`);
    this.addSql(`alter table "volumes" add "search_compact" text not null default ''`);
  }
}
