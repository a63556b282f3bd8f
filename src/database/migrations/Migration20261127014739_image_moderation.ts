import { Migration } from '@mikro-orm/migrations';

/** The functions of this version, as the files in `src/database/functions` defined them. */
const FUNCTIONS = [
  `create or replace function count_avatars() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change('avatars', (select count(hash) from added), false);
     elsif tg_op = 'UPDATE' then
       perform count_change(
         'avatars', (select count(hash) from added) - (select count(hash) from removed), false
       );
     else
       perform count_change('avatars', -(select count(hash) from removed), false);
     end if;
     return null;
   end $$`,
  `create or replace function count_client_photos() returns trigger language plpgsql as $$
   begin
     if tg_op = 'INSERT' then
       perform count_change('client_photos:' || client_id, count(*), false)
       from added group by client_id order by client_id;
     else
       perform count_change('client_photos:' || client_id, -count(*), false)
       from removed group by client_id order by client_id;
     end if;
     return null;
   end $$`,
];

/** Lists of the pictures of all users, newest first, with their totals. */
export class Migration20261127014739ImageModeration extends Migration {
  override up(): void | Promise<void> {
    for (const text of FUNCTIONS) this.addSql(text);

    this.addSql(`create index "photos_by_uploaded" on "photos" ("uploaded", "id");`);
    this.addSql(`create index "photos_by_client" on "photos" ("client_id", "uploaded", "id");`);
    this.addSql(
      `create trigger "photos_client_photos_insert" after insert on "photos" referencing new table as added for each statement execute function count_client_photos('client_photos');`,
    );
    this.addSql(
      `create trigger "photos_client_photos_delete" after delete on "photos" referencing old table as removed for each statement execute function count_client_photos('client_photos');`,
    );
    this.addSql(
      `insert into totals (kind, shard, value) select 'client_photos:' || client_id, 0, count(*) from photos group by client_id;`,
    );

    this.addSql(`alter table "avatars" add "uploaded" timestamptz(3) not null default current_timestamp(3);`);
    // The times of earlier uploads are unknown: no avatar is older than its account.
    this.addSql(`update avatars a set uploaded = u.registered from users u where u.id = a.user_id;`);
    this.addSql(`create index "avatars_by_uploaded" on "avatars" ("uploaded", "id") where hash is not null;`);
    this.addSql(
      `create trigger "avatars_avatars_insert" after insert on "avatars" referencing new table as added for each statement execute function count_avatars('avatars');`,
    );
    this.addSql(
      `create trigger "avatars_avatars_update" after update on "avatars" referencing old table as removed new table as added for each statement execute function count_avatars('avatars');`,
    );
    this.addSql(
      `create trigger "avatars_avatars_delete" after delete on "avatars" referencing old table as removed for each statement execute function count_avatars('avatars');`,
    );
    this.addSql(
      `insert into totals (kind, shard, value) select 'avatars', 0, count(*) from avatars where hash is not null having count(*) > 0;`,
    );

    this.addSql(
      `insert into permissions (name, description) values ('moderate-images', 'See and delete the avatars and photos of all users');`,
    );
    this.addSql(
      `insert into role_permissions (role_id, permission) select id, 'moderate-images' from roles where name = 'admin';`,
    );
  }
}
