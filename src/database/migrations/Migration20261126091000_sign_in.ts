import { Migration } from '@mikro-orm/migrations';

/** White space and characters that show nothing. */
const EMPTY =
  '[\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u1680\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\u00a0]';

/**
 * Which refresh token was used last, and addresses without the invisible characters that earlier versions kept: an
 * address that would then be another account's stays as it is.
 */
export class Migration20261126091000SignIn extends Migration {
  override up(): void {
    this.addSql(`alter table "sessions" add "used_counter" int not null default -1`);
    // Of tokens of before, nobody knows whether they were used: taken as used, as strict as before.
    this.addSql(`update "sessions" set "used_counter" = "counter"`);
    this.addSql(
      `update "emails" e set "key" = regexp_replace("key", '${EMPTY}', '', 'g')
       where "key" ~ '${EMPTY}'
         and not exists (select from "emails" o where o."key" = regexp_replace(e."key", '${EMPTY}', '', 'g'))
         and not exists (
           select from "emails" o where o."key" < e."key" and o."key" ~ '${EMPTY}'
             and regexp_replace(o."key", '${EMPTY}', '', 'g') = regexp_replace(e."key", '${EMPTY}', '', 'g')
         )`,
    );
    this.addSql(
      `update "users" u set "email" = regexp_replace("email", '${EMPTY}', '', 'g')
       where "email" ~ '${EMPTY}'
         and exists (
           select from "emails" e where e."user_id" = u."id"
             and e."key" = lower(regexp_replace(normalize(u."email", NFKC), '${EMPTY}', '', 'g'))
         )`,
    );
  }
}
