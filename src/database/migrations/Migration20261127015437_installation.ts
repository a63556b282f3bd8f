import { Migration } from '@mikro-orm/migrations';

export class Migration20261127015437Installation extends Migration {
  override up(): void {
    this.addSql(
      `create table "installation" ("id" smallint not null default 1, "epoch" text null, "restored" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`insert into "installation" default values;`);
  }
}
