import { Migration } from '@mikro-orm/migrations';

export class Migration20261126212000Accounts extends Migration {
  override up(): void | Promise<void> {
    this.addSql(
      `create table "invitations" ("id" serial primary key, "hash" text not null, "note" text null, "uses" int not null, "used" int not null default 0, "expires" timestamptz(3) null, "created" timestamptz(3) not null default current_timestamp(3), "created_by" text null);`,
    );
    this.addSql(`alter table "invitations" add constraint "invitations_hash_unique" unique ("hash");`);

    this.addSql(
      `create table "invitation_roles" ("invitation_id" int not null, "role_id" int not null, primary key ("invitation_id", "role_id"));`,
    );
    this.addSql(`create index "invitation_roles_role_id_index" on "invitation_roles" ("role_id");`);

    this.addSql(
      `create table "two_factors" ("user_id" text not null, "secret" text not null, "used_steps" bigint[] not null default '{}', "created" timestamptz(3) not null default current_timestamp(3), "confirmed" timestamptz(3) null, primary key ("user_id"));`,
    );

    this.addSql(
      `create table "recovery_codes" ("user_id" text not null, "hash" text not null, primary key ("user_id", "hash"));`,
    );

    this.addSql(
      `alter table "users" add "suspended" boolean not null default false, add "two_factor" boolean not null default false;`,
    );

    this.addSql(
      `alter table "invitation_roles" add constraint "invitation_roles_invitation_id_foreign" foreign key ("invitation_id") references "invitations" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "invitation_roles" add constraint "invitation_roles_role_id_foreign" foreign key ("role_id") references "roles" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "two_factors" add constraint "two_factors_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "recovery_codes" add constraint "recovery_codes_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );
  }
}
