import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Login } from '../access/session.repository.js';
import { spellingKey } from '../http/typed-text.js';
import { ImageUrls } from '../images/image-urls.js';
import { Sql, statement, timestamp } from '../database/sql.js';

/** A user with roles and permissions, as every route that shows a user needs it. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly website: string | null;
  readonly facebook: string | null;
  readonly instagram: string | null;
  readonly linkedin: string | null;
  readonly x: string | null;
  readonly youtube: string | null;
  readonly slug: string;
  /** URL of the avatar at 180x180. */
  readonly profile_image: string | null;
  readonly registered: string;
  readonly age_verified: boolean;
  readonly roles: string[];
  readonly permissions: string[];
}

/** The folder of the user's avatar in the store, below all avatars; null without one. */
const AVATAR = "(select a.id || '/' || a.hash from avatars a where a.user_id = u.id) as avatar";

export const USER_COLUMNS = `${AVATAR}, u.id, u.username, u.email, u.first_name, u.last_name, u.website, u.facebook, u.instagram, u.linkedin, u.x,
  u.youtube, u.slug, u.age_verified,
  ${timestamp('u.registered')} as registered,
  array(select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by 1) as roles,
  array(
    select distinct rp.permission from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
    where ur.user_id = u.id order by 1
  ) as permissions`;

const GET = statement('users.get', `select ${USER_COLUMNS} from users u where u.id = $1`);

const PAGE = statement(
  'users.page',
  `select totals.total, page.*
   from (select coalesce(sum(value), 0)::int as total from totals where kind = 'users') as totals
   left join lateral (select ${USER_COLUMNS} from users u order by u.id limit $1 offset $2) as page on true
   order by page.id`,
);

const LOGIN_BY_USERNAME = statement(
  'users.login-by-username',
  'select u.id, u.password_hash from usernames n join users u on u.id = n.user_id where n.key = $1',
);

const LOGIN_BY_EMAIL = statement(
  'users.login-by-email',
  'select u.id, u.password_hash from emails n join users u on u.id = n.user_id where n.key = $1',
);

const PROFILE = statement(
  'users.profile',
  `select ${AVATAR}, u.id, u.username, u.slug,
     ${timestamp('u.registered')} as registered
   from usernames n join users u on u.id = n.user_id where n.key = $1`,
);

/** What everybody may know of a user. */
export interface ProfileRow {
  readonly id: string;
  readonly username: string;
  readonly slug: string;
  readonly profile_image: string | null;
  readonly registered: string;
}

export type WithAvatar<Row> = Omit<Row, 'profile_image'> & { readonly avatar: string | null };

@Injectable()
export class UserRepository {
  constructor(
    private readonly sql: Sql,
    private readonly urls: ImageUrls,
  ) {}

  async find(id: string): Promise<UserRow | undefined> {
    const row = await this.sql.row<WithAvatar<UserRow>>(GET, [id]);
    return row && withImage(this.urls, row);
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: UserRow[] }> {
    const rows = await this.sql.rows<WithAvatar<UserRow> & { total: number; id: string | null }>(PAGE, [
      limit,
      offset,
    ]);
    return {
      total: rows[0]?.total ?? 0,
      rows: rows.filter(({ id }) => id !== null).map((row) => withImage(this.urls, row)),
    };
  }

  /** The user whose public profile has this address; its case does not matter. */
  async findProfile(slug: string): Promise<ProfileRow | undefined> {
    if (slug.includes('\0')) return undefined;
    const row = await this.sql.row<WithAvatar<ProfileRow>>(PROFILE, [spellingKey(slug)]);
    return row && withImage(this.urls, row);
  }

  /** Id and password hash behind a login name: a username, or an address, which alone has an `@`. */
  async findLogin(name: string): Promise<Login | undefined> {
    const { kind, key } = loginKey(name);
    const lookup = kind === 'email' ? LOGIN_BY_EMAIL : LOGIN_BY_USERNAME;
    const row = await this.sql.row<{ id: string; password_hash: string }>(lookup, [key]);
    return row && { id: row.id, passwordHash: row.password_hash };
  }

  /**
   * Takes a username for a user, in the caller's transaction; whoever asks for the same one at once waits.
   *
   * @returns false when somebody else has it
   */
  async claimUsername(em: EntityManager, username: string, userId: string): Promise<boolean> {
    return claim(em, 'usernames', spellingKey(username), userId);
  }

  /** Takes an e-mail address likewise. */
  async claimEmail(em: EntityManager, email: string, userId: string): Promise<boolean> {
    return claim(em, 'emails', spellingKey(email), userId);
  }

  async releaseUsername(em: EntityManager, username: string, userId: string): Promise<void> {
    await em.execute('delete from usernames where key = ? and user_id = ?', [spellingKey(username), userId]);
  }

  /** Gives an address back; one that an earlier version stored with invisible characters has a key with them. */
  async releaseEmail(em: EntityManager, email: string, userId: string): Promise<void> {
    const keys = [spellingKey(email), formerEmailKey(email)];
    await em.execute('delete from emails where key in (?, ?) and user_id = ?', [...keys, userId]);
  }

  async giveRole(em: EntityManager, userId: string, role: string): Promise<void> {
    await em.execute('insert into user_roles (user_id, role_id) select ?, id from roles where name = ?', [
      userId,
      role,
    ]);
  }

  /**
   * Whether the user is the only administrator. Holds the role's row until the transaction ends, so that two of them
   * cannot go at once.
   */
  async isLastAdministrator(em: EntityManager, userId: string): Promise<boolean> {
    await em.execute("select id from roles where name = 'admin' for update");
    const rows = await em.execute<{ user_id: string }[]>(
      "select ur.user_id from user_roles ur join roles r on r.id = ur.role_id where r.name = 'admin' limit 2",
    );
    return rows.length === 1 && rows[0]?.user_id === userId;
  }

  async hasAdministrator(em: EntityManager): Promise<boolean> {
    const rows = await em.execute<object[]>(
      "select from user_roles ur join roles r on r.id = ur.role_id where r.name = 'admin' limit 1",
    );
    return rows.length > 0;
  }
}

/** A row with the URL of its avatar instead of the folder. */
export function withImage<Row extends { avatar: string | null }>(
  urls: ImageUrls,
  row: Row,
): Row & { profile_image: string | null } {
  const image = row.avatar === null ? null : urls.of(`avatars/${row.avatar}/180x180.webp`);
  return { ...row, profile_image: image };
}

async function claim(
  em: EntityManager,
  table: 'usernames' | 'emails',
  key: string,
  userId: string,
): Promise<boolean> {
  const rows = await em.execute<{ user_id: string }[]>(
    `insert into ${table} as held (key, user_id) values (?, ?)
     on conflict (key) do update set user_id = held.user_id returning user_id`,
    [key, userId],
  );
  return rows[0]?.user_id === userId;
}

/** What a user types to sign in: a username, or an address, which alone has an `@`, in any spelling. */
function loginKey(name: string): { kind: 'username' | 'email'; key: string } {
  const key = spellingKey(name);
  return { kind: key.includes('@') ? 'email' : 'username', key };
}

/** The key of an address in version 0.3 and before. */
function formerEmailKey(email: string): string {
  return email.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
