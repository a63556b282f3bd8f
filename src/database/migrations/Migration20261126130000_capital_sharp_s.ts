import { Migration } from '@mikro-orm/migrations';

/**
 * Addresses with a capital sharp s (`ẞ`) get the key of all their other spellings. One whose key another account has
 * already keeps its own.
 */
export class Migration20261126130000CapitalSharpS extends Migration {
  override up(): void {
    this.addSql(
      `update "emails" e set "key" = replace("key", 'ß', 'ss')
       where "key" like '%ß%'
         and not exists (select from "emails" o where o."key" = replace(e."key", 'ß', 'ss'))
         and not exists (
           select from "emails" o where o."key" < e."key" and replace(o."key", 'ß', 'ss') = replace(e."key", 'ß', 'ss')
         )`,
    );
  }
}
