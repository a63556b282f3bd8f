import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { PersonalTokenSchema, TokenScope } from '../accounts/personal-token.entity.js';
import { permissionsOf } from '../accounts/user-roles.js';
import type { UserSchema } from '../accounts/user.entity.js';
import { asCount, hasRows, timestamp } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { PersonalToken } from './personal-token.js';

const db = tables<typeof PersonalTokenSchema | typeof UserSchema>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

interface Key {
  readonly userId: string;
  readonly id: string;
}

/** The empty permission stands for none. */
const FIND = statement('personal-tokens.find', (p: PersonalToken & { readonly permission: string }) =>
  db
    .selectFrom('personal_tokens as t')
    .innerJoin('users as u', 'u.id', 't.user_id')
    .select([
      't.id',
      't.scopes',
      'u.suspended',
      sql<boolean>`coalesce(t.last_used < ${NOW} - interval '5 minutes', true)`.as('stale'),
      sql<boolean>`${p.permission} = '' or ${hasRows(permissionsOf(p.userId).where('rp.permission', '=', p.permission))}`.as(
        'permitted',
      ),
    ])
    .where('t.user_id', '=', p.userId)
    .where('t.hash', '=', p.hash)
    .where((eb) => eb.or([eb('t.expires', 'is', null), eb('t.expires', '>', NOW)])),
);

const TOUCH = statement('personal-tokens.touch', ({ userId, id }: Key) =>
  db
    .updateTable('personal_tokens')
    .set({ last_used: NOW })
    .where('user_id', '=', userId)
    .where('id', '=', id),
);

const ROWS = db
  .selectFrom('personal_tokens')
  .select(['id', 'name', 'scopes', timestamp('created').as('created')])
  .select([
    sql<string | null>`${timestamp('last_used')}`.as('lastUsed'),
    sql<string | null>`${timestamp('expires')}`.as('expires'),
  ]);

const LIST = statement('personal-tokens.list', ({ userId }: { userId: string }) =>
  ROWS.where('user_id', '=', userId).orderBy('personal_tokens.created').orderBy('id'),
);

const GET = statement('personal-tokens.get', ({ userId, id }: Key) =>
  ROWS.where('user_id', '=', userId).where('id', '=', id),
);

const COUNT = statement('personal-tokens.count', ({ userId }: { userId: string }) =>
  db
    .selectFrom('personal_tokens')
    .select((eb) => asCount(eb.fn.countAll()).as('count'))
    .where('user_id', '=', userId),
);

interface NewToken extends Key {
  readonly name: string;
  readonly hash: string;
  readonly scopes: readonly TokenScope[];
  readonly expires: string | null;
}

const ADD = statement('personal-tokens.add', (p: NewToken) =>
  db.insertInto('personal_tokens').values({
    user_id: p.userId,
    id: p.id,
    name: p.name,
    hash: p.hash,
    scopes: sql<TokenScope[]>`${p.scopes}::text[]`,
    expires: sql<string>`${p.expires}::timestamptz`,
  }),
);

const REMOVE = statement('personal-tokens.remove', ({ userId, id }: Key) =>
  db.deleteFrom('personal_tokens').where('user_id', '=', userId).where('id', '=', id).returning('id'),
);

const REMOVE_ALL = statement('personal-tokens.remove-all', ({ userId }: { userId: string }) =>
  db.deleteFrom('personal_tokens').where('user_id', '=', userId),
);

/** The state of a valid token, and whether its user has the permission that the route requires. */
export interface TokenState {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly suspended: boolean;
  /** Whether the recorded time of the last use is older than five minutes. */
  readonly stale: boolean;
  readonly permitted: boolean;
}

export interface ListedToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: TokenScope[];
  readonly created: string;
  readonly lastUsed: string | null;
  readonly expires: string | null;
}

@Injectable()
export class PersonalTokenRepository {
  constructor(private readonly sql: Sql) {}

  /** The state of a token; undefined if it is unknown, expired or revoked. */
  async find(
    { userId, hash }: PersonalToken,
    permission: string | undefined,
  ): Promise<TokenState | undefined> {
    return this.sql.row(FIND, { userId, hash, permission: permission ?? '' });
  }

  async touch(userId: string, id: string): Promise<void> {
    await this.sql.rows(TOUCH, { userId, id });
  }

  async list(userId: string): Promise<ListedToken[]> {
    return this.sql.rows(LIST, { userId });
  }

  async get(userId: string, id: string): Promise<ListedToken | undefined> {
    return this.sql.row(GET, { userId, id });
  }

  async count(userId: string): Promise<number> {
    return (await this.sql.row(COUNT, { userId }))?.count ?? 0;
  }

  async add(token: NewToken): Promise<void> {
    await this.sql.rows(ADD, token);
  }

  /** @returns whether it existed */
  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.sql.row(REMOVE, { userId, id })) !== undefined;
  }

  async removeAll(userId: string): Promise<void> {
    await this.sql.rows(REMOVE_ALL, { userId });
  }
}
