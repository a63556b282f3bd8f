import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type {
  IdentitySchema,
  IdentitySubjectSchema,
  OidcAttemptSchema,
} from '../accounts/identity.entity.js';
import type { ClientSchema } from '../clients/client.entity.js';
import { timestamp } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';

const db = tables<
  typeof IdentitySchema | typeof IdentitySubjectSchema | typeof OidcAttemptSchema | typeof ClientSchema
>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;

/** A visit to a provider, as it is stored. */
export interface Attempt {
  readonly provider: string;
  readonly returnTo: string;
  readonly linkUser: string | null;
  readonly linkSession: string | null;
}

interface AttemptKey {
  readonly stateHash: string;
  readonly browserHash: string;
}

const REMOVE_EXPIRED = statement('identities.remove-expired-attempts', () =>
  db.deleteFrom('oidc_attempts').where('expires', '<', NOW),
);

const BEGIN = statement('identities.begin-attempt', (p: Attempt & AttemptKey) =>
  db.insertInto('oidc_attempts').values({
    state_hash: p.stateHash,
    browser_hash: p.browserHash,
    provider: p.provider,
    return_to: p.returnTo,
    link_user: p.linkUser,
    link_session: p.linkSession,
    expires: sql<string>`${NOW} + interval '10 minutes'`,
  }),
);

// The deletion is the use: of several callbacks with one state, one finds the row.
const TAKE = statement('identities.take-attempt', (p: AttemptKey & { readonly provider: string }) =>
  db
    .deleteFrom('oidc_attempts')
    .where('state_hash', '=', p.stateHash)
    .where('browser_hash', '=', p.browserHash)
    .where('provider', '=', p.provider)
    .where('expires', '>', NOW)
    .returning(['provider', 'return_to as returnTo', 'link_user as linkUser', 'link_session as linkSession']),
);

const FIND_USER = statement('identities.find-user', ({ key }: { key: string }) =>
  db.selectFrom('identity_subjects').select('user_id as userId').where('key', '=', key),
);

// The update changes nothing, but it locks the row and returns the owner: concurrent claims are serialized.
const CLAIM = statement('identities.claim', ({ key, userId }: { key: string; userId: string }) =>
  db
    .insertInto('identity_subjects')
    .values({ key, user_id: userId })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({ user_id: sql<string>`identity_subjects.user_id` }),
    )
    .returning('user_id'),
);

interface NewIdentity {
  readonly userId: string;
  readonly id: string;
  readonly provider: string;
  readonly key: string;
}

const ADD = statement('identities.add', (p: NewIdentity) =>
  db.insertInto('identities').values({
    user_id: p.userId,
    id: p.id,
    provider: p.provider,
    key: p.key,
  }),
);

const HAS = statement('identities.has', ({ userId, key }: { userId: string; key: string }) =>
  db.selectFrom('identities').select('id').where('user_id', '=', userId).where('key', '=', key),
);

const TOUCH = statement('identities.touch', ({ userId, key }: { userId: string; key: string }) =>
  db.updateTable('identities').set({ last_used: NOW }).where('user_id', '=', userId).where('key', '=', key),
);

const LIST = statement('identities.list', ({ userId }: { userId: string }) =>
  db
    .selectFrom('identities')
    .select(['id', 'provider', timestamp('created').as('created')])
    .select(sql<string | null>`${timestamp('last_used')}`.as('lastUsed'))
    .where('user_id', '=', userId)
    .orderBy('identities.created')
    .orderBy('id'),
);

const REMOVE = statement('identities.remove', ({ userId, id }: { userId: string; id: string }) =>
  db
    .with('removed', (query) =>
      query.deleteFrom('identities').where('user_id', '=', userId).where('id', '=', id).returning('key'),
    )
    .deleteFrom('identity_subjects as s')
    .using('removed')
    .whereRef('s.key', '=', 'removed.key')
    .where('s.user_id', '=', userId)
    .returning('s.key'),
);

const REMOVE_SUBJECTS = statement('identities.remove-subjects', ({ userId }: { userId: string }) =>
  db
    .deleteFrom('identity_subjects as s')
    .using('identities as i')
    .whereRef('s.key', '=', 'i.key')
    .where('s.user_id', '=', userId)
    .where('i.user_id', '=', userId),
);

const FRONTENDS = statement('identities.frontends', () =>
  db
    .selectFrom('clients')
    .select((eb) => eb.fn.coalesce('url', sql.lit('')).as('url'))
    .where('enabled', '=', sql.lit(true))
    .where('url', 'is not', null),
);

export interface ListedIdentity {
  readonly id: string;
  readonly provider: string;
  readonly created: string;
  readonly lastUsed: string | null;
}

@Injectable()
export class IdentityRepository {
  constructor(private readonly sql: Sql) {}

  async begin(attempt: Attempt & AttemptKey): Promise<void> {
    await this.sql.rows(REMOVE_EXPIRED, {});
    await this.sql.rows(BEGIN, attempt);
  }

  /** Uses an attempt up; undefined if it is unknown, expired, or of another browser or provider. */
  async take(attempt: AttemptKey & { readonly provider: string }): Promise<Attempt | undefined> {
    return this.sql.row(TAKE, attempt);
  }

  async findUser(key: string): Promise<string | undefined> {
    return (await this.sql.row(FIND_USER, { key }))?.userId;
  }

  /** Claims an identity for a user in the open transaction. @returns its owner, who may be another user */
  async claim(key: string, userId: string): Promise<string> {
    return (await this.sql.row(CLAIM, { key, userId }))?.user_id ?? userId;
  }

  async add(identity: NewIdentity): Promise<void> {
    await this.sql.rows(ADD, identity);
  }

  async has(userId: string, key: string): Promise<boolean> {
    return (await this.sql.row(HAS, { userId, key })) !== undefined;
  }

  async touch(userId: string, key: string): Promise<void> {
    await this.sql.rows(TOUCH, { userId, key });
  }

  async list(userId: string): Promise<ListedIdentity[]> {
    return this.sql.rows(LIST, { userId });
  }

  /** @returns whether the user had the identity */
  async remove(userId: string, id: string): Promise<boolean> {
    return (await this.sql.row(REMOVE, { userId, id })) !== undefined;
  }

  /** Frees the identities of a user whose account is being deleted. */
  async removeSubjects(userId: string): Promise<void> {
    await this.sql.rows(REMOVE_SUBJECTS, { userId });
  }

  /** The URLs of the enabled clients that have one. */
  async frontends(): Promise<string[]> {
    return (await this.sql.rows(FRONTENDS, {})).map(({ url }) => url);
  }
}
