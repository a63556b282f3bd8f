import { Migration } from '@mikro-orm/migrations';

/** The orders of lists that contain series with `public` 0. */
export class Migration20261127014819HiddenSeries extends Migration {
  override up(): void | Promise<void> {
    this.addSql(`create index "series_hidden_by_name" on "series" ("name", "id") where public = 0;`);
    this.addSql(`create index "series_hidden_by_type" on "series" ("type", "name", "id") where public = 0;`);
    this.addSql(`create index "series_hidden_by_added" on "series" ("added", "id") where public = 0;`);
    this.addSql(
      `create index "series_hidden_by_added_desc" on "series" ("added" DESC, "id") where public = 0;`,
    );
    this.addSql(
      `create index "series_hidden_by_rating" on "series" ("ranked_average", "id") where public = 0;`,
    );
    this.addSql(
      `create index "series_hidden_by_rating_desc" on "series" ("ranked_average" DESC nulls LAST, "id") where public = 0;`,
    );
  }
}
