import { Migration } from '@mikro-orm/migrations';

/**
 * The ids of personal tokens are texts. No event has one yet, so that nothing is lost; another type of the column would
 * rewrite the table.
 */
export class Migration20261126214000TokenOfEvents extends Migration {
  override up(): void {
    this.addSql(`alter table "reader_events" drop column "token_id"`);
    this.addSql(`alter table "reader_events" add "token_id" text null`);
  }
}
