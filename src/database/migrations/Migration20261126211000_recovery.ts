import { Migration } from '@mikro-orm/migrations';

export class Migration20261126211000Recovery extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "account_links" ("user_id" text not null, "purpose" text not null, "hash" text not null, "email" text null, "expires" timestamptz(3) not null, primary key ("user_id", "purpose"));`,
    );

    this.addSql(`alter table "clients" add "url" text null;`);

    this.addSql(`alter table "users" add "email_verified" boolean not null default false;`);

    this.addSql(
      `alter table "account_links" add constraint "account_links_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }
}
