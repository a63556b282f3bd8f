import { InjectRepository } from '@mikro-orm/nestjs';
import { type EntityRepository, LockMode, type RequiredEntityData } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Login } from '../access/session.repository.js';
import type { AvatarSchema } from '../accounts/avatar.entity.js';
import type { RoleSchema, UserRoleSchema } from '../accounts/role.entity.js';
import { type EmailSchema, type User, type UsernameSchema, UserSchema } from '../accounts/user.entity.js';
import type { TotalSchema } from '../database/counters.entity.js';
import { anyOf, rowNumber } from '../database/expressions.js';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { spellingKey } from '../http/typed-text.js';
import { ImageUrls } from '../images/image-urls.js';
import { AVATAR, REGISTERED, USER_COLUMNS, withImage } from './user-columns.js';
import { totalOf } from '../database/totals.js';

/** A user with roles and permissions, for every route that answers a whole user. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly two_factor: boolean;
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

/** The public part of an account. */
export interface ProfileRow {
  readonly id: string;
  readonly username: string;
  readonly slug: string;
  readonly profile_image: string | null;
  readonly registered: string;
}

/** The names that a search for users finds, in the order of `searchTextsOf`; the user is the relation `r`. */
export const SEARCHED_NAMES = sql<string[]>`array[r.username, r.email, r.first_name, r.last_name]`;

const db = tables<
  | typeof UserSchema
  | typeof UsernameSchema
  | typeof EmailSchema
  | typeof RoleSchema
  | typeof UserRoleSchema
  | typeof AvatarSchema
  | typeof TotalSchema
>();

const USERS = db.selectFrom('users as u').select(USER_COLUMNS);

const FIND = statement('users.find', ({ id }: { id: string }) => USERS.where('u.id', '=', id));

const PAGE = statement('users.page', ({ limit, offset }: { limit: number; offset: number }) =>
  pageQuery(
    ONE_ROW,
    () => ({
      total: totalOf(sql.lit('users')),
    }),
    () =>
      USERS.select(rowNumber(sql.ref('u.id')).as('position'))
        .orderBy('u.id')
        .limit(limit)
        .offset(offset),
  ),
);

const FIND_PROFILE = statement('users.find-profile', ({ key }: { key: string }) =>
  db
    .selectFrom('usernames as n')
    .innerJoin('users as u', 'u.id', 'n.user_id')
    .select([AVATAR, 'u.id', 'u.username', 'u.slug', REGISTERED])
    .where('n.key', '=', key),
);

/** The statements for usernames or for e-mail addresses. */
function nameStatements(table: 'usernames' | 'emails') {
  return {
    findLogin: statement(`users.find-login-by-${table}`, ({ key }: { key: string }) =>
      db
        .selectFrom(db.dynamic.table(table).as('n'))
        .innerJoin('users as u', 'u.id', 'n.user_id')
        .select(['u.id', 'u.password_hash as passwordHash', 'u.suspended', 'u.two_factor as twoFactor'])
        .where('n.key', '=', key),
    ),
    // The update changes nothing, but it locks the row and returns the owner: concurrent claims of a name are
    // serialized.
    claim: statement(`users.claim-${table}`, ({ key, userId }: { key: string; userId: string }) =>
      db
        .insertInto(table)
        .values({ key, user_id: userId })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({ user_id: sql<string>`${sql.ref(`${table}.user_id`)}` }),
        )
        .returning('user_id'),
    ),
    release: statement(
      `users.release-${table}`,
      ({ keys, userId }: { keys: readonly string[]; userId: string }) =>
        db.deleteFrom(table).where('key', '=', anyOf(keys, 'text[]')).where('user_id', '=', userId),
    ),
  };
}
const USERNAMES = nameStatements('usernames');
const EMAILS = nameStatements('emails');

const GRANT_ROLE = statement('users.grant-role', ({ userId, role }: { userId: string; role: string }) =>
  db
    .insertInto('user_roles')
    .columns(['user_id', 'role_id'])
    .expression((eb) =>
      eb
        .selectFrom('roles')
        .select([eb.val(userId).as('user_id'), 'id'])
        .where('name', '=', role),
    ),
);

@Injectable()
export class UserRepository {
  constructor(
    private readonly sql: Sql,
    private readonly urls: ImageUrls,
    @InjectRepository(UserSchema) private readonly users: EntityRepository<User>,
  ) {}

  async find(id: string): Promise<UserRow | undefined> {
    const row = await this.sql.row(FIND, { id });
    return row && withImage(this.urls, row);
  }

  async page(limit: number, offset: number): Promise<{ total: number; rows: UserRow[] }> {
    const { header, rows } = await this.sql.page(PAGE, { limit, offset });
    return { total: header?.total ?? 0, rows: rows.map((row) => withImage(this.urls, row)) };
  }

  /** The user whose public profile has this slug, in upper or lower case. */
  async findProfile(slug: string): Promise<ProfileRow | undefined> {
    if (slug.includes('\0')) return undefined;
    const row = await this.sql.row(FIND_PROFILE, { key: spellingKey(slug) });
    return row && withImage(this.urls, row);
  }

  /**
   * Id and password hash for a username or an e-mail address (recognized by its `@`), in any spelling of `spellingKey`.
   */
  async findLogin(name: string): Promise<Login | undefined> {
    const key = spellingKey(name);
    return this.sql.row(key.includes('@') ? EMAILS.findLogin : USERNAMES.findLogin, { key });
  }

  /** Finds a user and locks the row until the transaction ends. */
  async lock(id: string): Promise<User | null> {
    return this.users.findOne(id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  }

  async create(user: RequiredEntityData<User>): Promise<void> {
    await this.users.insert(user);
  }

  async remove(user: User): Promise<void> {
    await this.users.getEntityManager().remove(user).flush();
  }

  /**
   * Reserves a username for a user. Concurrent claims of the same name are blocked until the transaction ends.
   *
   * @returns false if another user has the name
   */
  async claimUsername(username: string, userId: string): Promise<boolean> {
    const row = await this.sql.row(USERNAMES.claim, { key: spellingKey(username), userId });
    return row?.user_id === userId;
  }

  /** Reserves an e-mail address, like `claimUsername`. */
  async claimEmail(email: string, userId: string): Promise<boolean> {
    const row = await this.sql.row(EMAILS.claim, { key: spellingKey(email), userId });
    return row?.user_id === userId;
  }

  async releaseUsername(username: string, userId: string): Promise<void> {
    await this.sql.rows(USERNAMES.release, { keys: [spellingKey(username)], userId });
  }

  /**
   * Releases an e-mail address, also under its former key, which could contain invisible characters or `ß` for `ẞ`.
   */
  async releaseEmail(email: string, userId: string): Promise<void> {
    await this.sql.rows(EMAILS.release, { keys: [spellingKey(email), formerEmailKey(email)], userId });
  }

  async grantRole(userId: string, role: string): Promise<void> {
    await this.sql.rows(GRANT_ROLE, { userId, role });
  }
}

/** The key of version 0.3 and before; also the key of an address with `ẞ` before `caseFolded`. */
function formerEmailKey(email: string): string {
  return email.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}
