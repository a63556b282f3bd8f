import { Migration } from '@mikro-orm/migrations';

/** Photos in users' libraries. */
export class Migration20261122063000Photos extends Migration {
  override up(): void {
    this.addSql(
      `create table "photo_ids" ("id" serial primary key, "user_id" text not null, "token" text not null)`,
    );
    this.addSql(`create index "photo_ids_token_index" on "photo_ids" ("token")`);
    this.addSql(
      `create table "photos" ("user_id" text not null, "id" int not null, "client_id" int not null, "token" text not null, "name" text not null, "format" text not null, "width" int not null, "height" int not null, "size" int not null, "uploaded" timestamptz(3) not null default current_timestamp(3), primary key ("user_id", "id"))`,
    );
    this.addSql(
      `alter table "photos" add constraint "photos_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade`,
    );
    this.addSql(
      `alter table "photos" add constraint "photos_client_id_foreign" foreign key ("client_id") references "clients" ("id") on delete no action`,
    );
  }
}
