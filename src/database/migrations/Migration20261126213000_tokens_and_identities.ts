import { Migration } from '@mikro-orm/migrations';

export class Migration20261126213000TokensAndIdentities extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "identity_subjects" ("key" text not null, "user_id" text not null, primary key ("key"));`,
    );

    this.addSql(
      `create table "oidc_attempts" ("state_hash" text not null, "browser_hash" text not null, "provider" text not null, "return_to" text not null, "link_user" text null, "link_session" uuid null, "expires" timestamptz(3) not null, primary key ("state_hash"));`,
    );
    this.addSql(`create index "oidc_attempts_expires_index" on "oidc_attempts" ("expires");`);

    this.addSql(
      `create table "personal_tokens" ("user_id" text not null, "id" uuid not null, "name" text not null, "hash" text not null, "scopes" text[] not null, "created" timestamptz(3) not null default current_timestamp(3), "last_used" timestamptz(3) null, "expires" timestamptz(3) null, primary key ("user_id", "id"));`,
    );
    this.addSql(
      `alter table "personal_tokens" add constraint "personal_tokens_user_id_hash_unique" unique ("user_id", "hash");`,
    );

    this.addSql(
      `create table "identities" ("user_id" text not null, "id" uuid not null, "provider" text not null, "key" text not null, "created" timestamptz(3) not null default current_timestamp(3), "last_used" timestamptz(3) null, primary key ("user_id", "id"));`,
    );

    this.addSql(`alter table "users" alter column "password_hash" drop not null;`);

    this.addSql(
      `alter table "personal_tokens" add constraint "personal_tokens_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "identities" add constraint "identities_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }
}
