import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { SessionSchema } from '../accounts/session.entity.js';
import type { UserSchema } from '../accounts/user.entity.js';
import { permissionsOf, rolesOf } from '../accounts/user-roles.js';
import { hasRows, timestamp } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { Device } from './device.js';

/** Seconds for which the replaced refresh token stays valid after a rotation. */
const GRACE = 30;

/** The state of an open session. */
export interface SessionState {
  readonly counter: number;
  /** Whether the current refresh token was issued within the grace period. */
  readonly fresh: boolean;
  /** Whether the current refresh token has ever been used. */
  readonly used: boolean;
}

/** The state of a credential's session, and whether its user has the required right. */
export interface CredentialState extends SessionState {
  /** Whether the recorded time of the last use is older than five minutes. */
  readonly stale: boolean;
  /** Whether an administrator has suspended the user. */
  readonly suspended: boolean;
  /** Whether the user has the right that the route requires; true if it requires none. */
  readonly permitted: boolean;
}

/** Why there is no open session. */
export type NoSession = { readonly kind: 'ended' } | { readonly kind: 'no-user' };

export type CredentialOutcome = { readonly kind: 'open'; readonly session: CredentialState } | NoSession;

export type CurrentOutcome =
  { readonly kind: 'open'; readonly session: SessionRow & SessionState } | NoSession;

/** The permission or role that a route requires; null for none. */
export type Right = { readonly permission: string } | { readonly role: string } | null;

/** The columns of a session that determine its refresh token. */
export interface SessionRow {
  readonly counter: number;
  readonly issuedAt: Date;
  readonly expires: Date;
}

/** An account that has been authenticated. */
export interface Login {
  readonly id: string;
  /**
   * The hash that the password was verified against; null for an account without one, or after another way to sign in.
   */
  readonly passwordHash: string | null;
  readonly suspended: boolean;
  /** Whether the account has a second factor. */
  readonly twoFactor: boolean;
}

export interface ListedSession {
  readonly id: string;
  readonly created: string;
  readonly lastUsed: string;
  readonly userAgent: string | null;
  readonly ip: string;
}

/**
 * Whether a refresh token with this counter may be refreshed. The current token may. The replaced token may for 30
 * seconds, and afterwards if the current token has never been used, because then the response that carried it was lost.
 */
export function mayRefresh(session: SessionState, counter: number): boolean {
  return counter === session.counter || (counter === session.counter - 1 && (session.fresh || !session.used));
}

const db = tables<typeof SessionSchema | typeof UserSchema>();

interface Key {
  readonly userId: string;
  readonly id: string;
}

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;
const ago = (duration: string) => sql<string>`${NOW} - ${sql.lit(duration)}::interval`;

const milliseconds = (column: 'issued_at' | 'expires') =>
  sql<number>`extract(epoch from ${sql.ref(column)}) * 1000`.as(column);
const ROW = ['counter' as const, milliseconds('issued_at'), milliseconds('expires')] as const;
const IS_USED = sql<boolean>`used_counter = counter`.as('used');
const IS_FRESH = sql<boolean>`issued_at > ${ago(`${GRACE} seconds`)}`.as('fresh');

const suspendedUser = (userId: string) =>
  db.selectFrom('users').where('id', '=', userId).where('suspended', '=', sql.lit(true));

const credential = ({ userId, id }: Key) =>
  db
    .selectFrom('sessions')
    .select(['counter', IS_USED, IS_FRESH, sql<boolean>`last_used < ${ago('5 minutes')}`.as('stale')])
    .select(hasRows(suspendedUser(userId)).as('suspended'))
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('expires', '>', NOW);

const CREDENTIAL = statement('sessions.credential', (key: Key) =>
  credential(key).select(sql.lit(true).as('permitted')),
);
const CREDENTIAL_WITH_PERMISSION = statement(
  'sessions.credential-with-permission',
  (p: Key & { readonly permission: string }) =>
    credential(p).select(
      hasRows(permissionsOf(p.userId).where('rp.permission', '=', p.permission)).as('permitted'),
    ),
);
const CREDENTIAL_WITH_ROLE = statement(
  'sessions.credential-with-role',
  (p: Key & { readonly role: string }) =>
    credential(p).select(hasRows(rolesOf(p.userId).where('r.name', '=', p.role)).as('permitted')),
);

const USER_EXISTS = statement('sessions.user-exists', ({ userId }: { userId: string }) =>
  db.selectFrom('users').where('id', '=', userId),
);

interface NewSession extends Key, Device {
  /** The hash that the password was verified against; null for a sign-in without a password. */
  readonly passwordHash: string | null;
  /** Whether the second factor was given, or the sign-in needs none. */
  readonly secondFactor: boolean;
  /** Seconds until the session ends. */
  readonly lifetime: number;
}

// `for share` on the user serializes the insert with a change of the password and with the account's deletion: an
// earlier change leaves no such row, a later one finds this session and ends it. The same holds for a suspension, and
// for a second factor that was turned on since: no session is opened without it.
const OPEN = statement('sessions.open', (p: NewSession) =>
  db
    .with('holder', (query) =>
      query
        .selectFrom('users')
        .select('id')
        .where('id', '=', p.userId)
        .where(sql<boolean>`(password_hash = ${p.passwordHash} or ${p.passwordHash}::text is null)`)
        .where('suspended', '=', sql.lit(false))
        .where((eb) => eb.or([eb('two_factor', '=', sql.lit(false)), sql<boolean>`${p.secondFactor}::bool`]))
        .forShare(),
    )
    .insertInto('sessions')
    .columns(['user_id', 'id', 'expires', 'user_agent', 'ip'])
    .expression((eb) =>
      eb
        .selectFrom('holder')
        .select([
          'holder.id as user_id',
          eb.val(p.id).as('id'),
          sql<string>`current_timestamp + make_interval(secs => ${p.lifetime})`.as('expires'),
          eb.val(p.userAgent).as('user_agent'),
          eb.val(p.ip).as('ip'),
        ]),
    )
    .returning(ROW),
);

// Compare-and-set on `counter`: one concurrent refresh wins, the others read the row again.
const ROTATE = statement('sessions.rotate', ({ userId, id, counter }: Key & { readonly counter: number }) =>
  db
    .updateTable('sessions')
    .set((eb) => ({ counter: eb('counter', '+', sql.lit(1)), issued_at: NOW, last_used: NOW }))
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('counter', '=', counter)
    .where('expires', '>', NOW)
    .where((eb) => eb.or([eb('counter', '=', sql.lit(0)), eb('issued_at', '<=', ago(`${GRACE} seconds`))]))
    .returning(ROW),
);

const CURRENT = statement('sessions.current', ({ userId, id }: Key) =>
  db
    .selectFrom('users as u')
    .leftJoin('sessions as s', (join) =>
      join.onRef('s.user_id', '=', 'u.id').on('s.id', '=', id).on('s.expires', '>', NOW),
    )
    .select([...ROW, IS_USED, IS_FRESH])
    .where('u.id', '=', userId),
);

const SIGN_IN = statement('sessions.sign-in', ({ userId, id }: Key) =>
  db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .select([sql<boolean>`s.created > ${ago('15 minutes')}`.as('recent'), 'u.password_hash as passwordHash'])
    .where('s.user_id', '=', userId)
    .where('s.id', '=', id),
);

const TOUCH = statement('sessions.touch', ({ userId, id }: Key) =>
  db
    .updateTable('sessions')
    .set({ last_used: NOW })
    .where('user_id', '=', userId)
    .where('id', '=', id)
    .where('last_used', '<', ago('5 minutes')),
);

const MARK_USED = statement(
  'sessions.mark-used',
  ({ userId, id, counter }: Key & { readonly counter: number }) =>
    db
      .updateTable('sessions')
      .set({ used_counter: counter })
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .where('counter', '=', counter),
);

const LIST = statement('sessions.list', ({ userId }: { userId: string }) =>
  db
    .selectFrom('sessions')
    .select(['id', 'ip', 'user_agent as userAgent'])
    .select([timestamp('created').as('created'), timestamp('last_used').as('lastUsed')])
    .where('user_id', '=', userId)
    .where('expires', '>', NOW)
    .orderBy('id'),
);

const IS_OPEN = statement('sessions.is-open', ({ userId, id }: Key) =>
  db.selectFrom('sessions').where('user_id', '=', userId).where('id', '=', id),
);
const END = statement('sessions.end', ({ userId, id }: Key) =>
  db.deleteFrom('sessions').where('user_id', '=', userId).where('id', '=', id).returning('id'),
);
const END_ALL = statement('sessions.end-all', ({ userId }: { userId: string }) =>
  db.deleteFrom('sessions').where('user_id', '=', userId),
);
const END_OTHERS = statement('sessions.end-others', ({ userId, id }: Key) =>
  db.deleteFrom('sessions').where('user_id', '=', userId).where('id', '<>', id),
);
const REMOVE_EXPIRED = statement('sessions.remove-expired', ({ userId }: { userId: string }) =>
  db.deleteFrom('sessions').where('user_id', '=', userId).where('expires', '<=', NOW),
);

@Injectable()
export class SessionRepository {
  constructor(private readonly sql: Sql) {}

  /** The session of a credential, and whether its user has the right. */
  async findCredential(userId: string, id: string, right: Right): Promise<CredentialOutcome> {
    const session = await this.findState({ userId, id }, right);
    if (session !== undefined) return { kind: 'open', session };
    return { kind: (await this.sql.row(USER_EXISTS, { userId })) === undefined ? 'no-user' : 'ended' };
  }

  private async findState(key: Key, right: Right): Promise<CredentialState | undefined> {
    if (right === null) return this.sql.row(CREDENTIAL, key);
    return 'role' in right
      ? this.sql.row(CREDENTIAL_WITH_ROLE, { ...key, ...right })
      : this.sql.row(CREDENTIAL_WITH_PERMISSION, { ...key, ...right });
  }

  /**
   * Starts a session; undefined if, since the login was verified, the user has been deleted or suspended, the password
   * changed, or a second factor turned on that was not given.
   */
  async open(
    { id: userId, passwordHash }: Login,
    secondFactor: boolean,
    id: string,
    lifetime: number,
    device: Device,
  ): Promise<SessionRow | undefined> {
    await this.sql.rows(REMOVE_EXPIRED, { userId });
    const row = await this.sql.row(OPEN, { userId, passwordHash, secondFactor, id, lifetime, ...device });
    return row && asSession(row);
  }

  /**
   * Increments the counter; undefined if a concurrent refresh has done so, if the current token was issued within the
   * grace period, or if the session has ended or expired. A session's first token can be replaced at once.
   */
  async rotate(userId: string, id: string, counter: number): Promise<SessionRow | undefined> {
    const row = await this.sql.row(ROTATE, { userId, id, counter });
    return row && asSession(row);
  }

  /** The current state of the session. */
  async findCurrent(userId: string, id: string): Promise<CurrentOutcome> {
    const row = await this.sql.row(CURRENT, { userId, id });
    if (row === undefined) return { kind: 'no-user' };
    const { counter, used, fresh } = row;
    if (counter === null) return { kind: 'ended' };
    return { kind: 'open', session: { ...asSession({ ...row, counter }), used, fresh } };
  }

  /** Whether the session was opened in the last 15 minutes, and the hash of the user's password. */
  async findSignIn(
    userId: string,
    id: string,
  ): Promise<{ recent: boolean; passwordHash: string | null } | undefined> {
    return this.sql.row(SIGN_IN, { userId, id });
  }

  /** Whether the session exists, as the current transaction sees it. */
  async isOpen(userId: string, id: string): Promise<boolean> {
    return (await this.sql.row(IS_OPEN, { userId, id })) !== undefined;
  }

  /** Records that the refresh token with this counter has been used. */
  async markUsed(userId: string, id: string, counter: number): Promise<void> {
    await this.sql.rows(MARK_USED, { userId, id, counter });
  }

  /** Records the time of use, at most every five minutes. */
  async touch(userId: string, id: string): Promise<void> {
    await this.sql.rows(TOUCH, { userId, id });
  }

  async list(userId: string): Promise<ListedSession[]> {
    return this.sql.rows(LIST, { userId });
  }

  /** @returns whether the session existed */
  async end(userId: string, id: string): Promise<boolean> {
    return (await this.sql.row(END, { userId, id })) !== undefined;
  }

  async endAll(userId: string): Promise<void> {
    await this.sql.rows(END_ALL, { userId });
  }

  async endOthers(userId: string, id: string): Promise<void> {
    await this.sql.rows(END_OTHERS, { userId, id });
  }
}

function asSession(row: { counter: number; issued_at: number; expires: number }): SessionRow {
  return { counter: row.counter, issuedAt: new Date(row.issued_at), expires: new Date(row.expires) };
}
