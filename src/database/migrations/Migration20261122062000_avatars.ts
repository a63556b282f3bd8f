import { Migration } from '@mikro-orm/migrations';

/** Avatars, and the files that wait to be removed. */
export class Migration20261122062000Avatars extends Migration {
  override up(): void {
    this.addSql(`create table "avatar_ids" ("id" serial primary key, "user_id" text not null)`);
    this.addSql(
      `create table "removed_files" ("id" bigserial primary key, "prefix" text not null, "at" timestamptz(3) not null default current_timestamp(3))`,
    );
    this.addSql(
      `create table "avatars" ("user_id" text not null, "id" int not null, "name" text not null default '', "format" text not null default '', "hash" text null, "reserved_until" timestamptz(3) null, primary key ("user_id"))`,
    );
    this.addSql(
      `alter table "avatars" add constraint "avatars_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade`,
    );
  }
}
