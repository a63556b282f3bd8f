import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Sql, statement, timestamp } from '../database/sql.js';
import type { Device } from './device.js';

/** Seconds in which a rotation's loser, and the former token, are still answered. */
export const GRACE = 30;

/** How a credential's session stands at this moment, and whether its user may do what is asked. */
export interface CredentialRow {
  readonly counter: number;
  /** Whether the current refresh token was issued within the grace period. */
  readonly fresh: boolean;
  readonly stale: boolean;
  /** Whether the current refresh token has ever been used. */
  readonly used: boolean;
  /** Whether the right that was asked for is held; true when none was asked for. */
  readonly permitted: boolean;
}

/** What a route may ask of its user. */
export type Right = { readonly permission: string } | { readonly role: string } | null;

/** A session's row, as far as tokens are made from it. */
export interface SessionRow {
  readonly counter: number;
  readonly issuedAt: Date;
  readonly expires: Date;
}

/** Whose password has just been right, and in which form it is stored. */
export interface Login {
  readonly id: string;
  readonly passwordHash: string;
}

export interface ListedSession {
  readonly id: string;
  readonly created: string;
  readonly lastUsed: string;
  readonly userAgent: string | null;
  readonly ip: string;
}

/**
 * Whether a refresh token with this counter works for a refresh: the current one, its direct parent for 30 seconds, and
 * later too if the current one has never been used, since then the answer that carried it was lost.
 */
export function mayRefresh(
  session: Pick<CredentialRow, 'counter' | 'fresh' | 'used'>,
  counter: number,
): boolean {
  return counter === session.counter || (counter === session.counter - 1 && (session.fresh || !session.used));
}

const ROW =
  'counter, extract(epoch from issued_at) * 1000 as issued_at, extract(epoch from expires) * 1000 as expires';

// The database's clock decides everywhere: nodes may disagree about the time.
const STANDING = `s.counter, s.used_counter = s.counter as used,
  s.issued_at > clock_timestamp() - interval '${GRACE} seconds' as fresh,
  s.last_used < clock_timestamp() - interval '5 minutes' as stale`;
const IS_OPEN = 's.user_id = $1 and s.id = $2 and s.expires > clock_timestamp()';

const CREDENTIAL = statement(
  'sessions.credential',
  `select ${STANDING}, true as permitted from sessions s where ${IS_OPEN}`,
);

const CREDENTIAL_WITH_PERMISSION = statement(
  'sessions.credential-with-permission',
  `select ${STANDING}, exists (
     select from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
     where ur.user_id = $1 and rp.permission = $3
   ) as permitted
   from sessions s where ${IS_OPEN}`,
);

const CREDENTIAL_WITH_ROLE = statement(
  'sessions.credential-with-role',
  `select ${STANDING}, exists (
     select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = $1 and r.name = $3
   ) as permitted
   from sessions s where ${IS_OPEN}`,
);

const USER_EXISTS = statement('sessions.user-exists', 'select from users where id = $1');

const HOLDS_ROLE = statement(
  'sessions.holds-role',
  'select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = $1 and r.name = $2',
);

const OPEN = statement(
  'sessions.open',
  // The user's row is held, so that a change of the password or the account's end comes wholly before or after: before,
  // there is no such row any more; after, it finds this session and ends it.
  `with holder as (
     select id from users where id = $1 and password_hash = $6 for share
   )
   insert into sessions (user_id, id, expires, user_agent, ip)
   select id, $2, current_timestamp + make_interval(secs => $3), $4, $5 from holder
   returning ${ROW}`,
);

// Of tabs that refresh at once, one meets the condition; the others find the row locked, then the counter moved on.
const ROTATE = statement(
  'sessions.rotate',
  `update sessions set counter = counter + 1, issued_at = clock_timestamp(), last_used = clock_timestamp()
   where user_id = $1 and id = $2 and counter = $3 and expires > clock_timestamp()
     and (counter = 0 or issued_at <= clock_timestamp() - interval '${GRACE} seconds')
   returning ${ROW}`,
);

const CURRENT = statement(
  'sessions.current',
  `select ${ROW}, used_counter = counter as used, issued_at > clock_timestamp() - interval '${GRACE} seconds' as fresh
   from users u left join sessions s on s.user_id = u.id and s.id = $2 and s.expires > clock_timestamp()
   where u.id = $1`,
);

const TOUCH = statement(
  'sessions.touch',
  `update sessions set last_used = clock_timestamp()
   where user_id = $1 and id = $2 and last_used < clock_timestamp() - interval '5 minutes'`,
);

const MARK_USED = statement(
  'sessions.mark-used',
  'update sessions set used_counter = $3 where user_id = $1 and id = $2 and counter = $3',
);

const LIST = statement(
  'sessions.list',
  `select id, ip, user_agent as "userAgent",
     ${timestamp('created')} as created,
     ${timestamp('last_used')} as "lastUsed"
   from sessions where user_id = $1 and expires > clock_timestamp()
   order by id`,
);

const END = statement('sessions.end', 'delete from sessions where user_id = $1 and id = $2 returning id');
const SWEEP = statement(
  'sessions.sweep',
  'delete from sessions where user_id = $1 and expires <= clock_timestamp()',
);

@Injectable()
export class SessionRepository {
  constructor(
    private readonly sql: Sql,
    private readonly em: EntityManager,
  ) {}

  /** An open session, and whether its user holds the right; null when it has ended, undefined when the user is gone. */
  async findCredential(
    userId: string,
    sessionId: string,
    right: Right,
  ): Promise<CredentialRow | null | undefined> {
    const row = await this.standing(userId, sessionId, right);
    if (row !== undefined) return row;
    return (await this.sql.row(USER_EXISTS, [userId])) === undefined ? undefined : null;
  }

  async holdsRole(userId: string, role: string): Promise<boolean> {
    return (await this.sql.row(HOLDS_ROLE, [userId, role])) !== undefined;
  }

  private async standing(userId: string, sessionId: string, right: Right) {
    if (right === null) return this.sql.row<CredentialRow>(CREDENTIAL, [userId, sessionId]);
    return 'role' in right
      ? this.sql.row<CredentialRow>(CREDENTIAL_WITH_ROLE, [userId, sessionId, right.role])
      : this.sql.row<CredentialRow>(CREDENTIAL_WITH_PERMISSION, [userId, sessionId, right.permission]);
  }

  /** Starts a session; undefined when the user is gone, or has another password by now. */
  async open(login: Login, id: string, lifetime: number, device: Device): Promise<SessionRow | undefined> {
    await this.sql.rows(SWEEP, [login.id]);
    const values = [login.id, id, lifetime, device.userAgent, device.ip, login.passwordHash];
    const row = await this.sql.row<RawRow>(OPEN, values);
    return row && asSession(row);
  }

  /** Moves the counter on; undefined when somebody else did, or it is too early. */
  async rotate(userId: string, id: string, counter: number): Promise<SessionRow | undefined> {
    const row = await this.sql.row<RawRow>(ROTATE, [userId, id, counter]);
    return row && asSession(row);
  }

  /** The session as it is; null when it has ended, undefined when the user is gone. */
  async findCurrent(
    userId: string,
    id: string,
  ): Promise<(SessionRow & { fresh: boolean; used: boolean }) | null | undefined> {
    const row = await this.sql.row<RawRow & { counter: number | null; fresh: boolean; used: boolean }>(
      CURRENT,
      [userId, id],
    );
    return row && (row.counter === null ? null : { ...asSession(row), fresh: row.fresh, used: row.used });
  }

  /** Whether the session is still there, seen from the caller's transaction. */
  async isOpen(em: EntityManager, userId: string, id: string): Promise<boolean> {
    const rows = await em.execute<object[]>('select id from sessions where user_id = ? and id = ?', [
      userId,
      id,
    ]);
    return rows.length > 0;
  }

  /** Notes that the refresh token with this counter has been used. */
  async markUsed(userId: string, id: string, counter: number): Promise<void> {
    await this.sql.rows(MARK_USED, [userId, id, counter]);
  }

  async touch(userId: string, id: string): Promise<void> {
    await this.sql.rows(TOUCH, [userId, id]);
  }

  async list(userId: string): Promise<ListedSession[]> {
    return this.sql.rows<ListedSession>(LIST, [userId]);
  }

  /** Whether there was such a session. */
  async end(userId: string, id: string): Promise<boolean> {
    return (await this.sql.row(END, [userId, id])) !== undefined;
  }

  async endAll(userId: string, em: EntityManager): Promise<void> {
    await em.execute('delete from sessions where user_id = ?', [userId]);
  }

  async endOthers(userId: string, id: string, em: EntityManager = this.em): Promise<void> {
    await em.execute('delete from sessions where user_id = ? and id <> ?', [userId, id]);
  }
}

interface RawRow {
  readonly counter: number;
  readonly issued_at: string;
  readonly expires: string;
}

function asSession(row: RawRow): SessionRow {
  return {
    counter: row.counter,
    issuedAt: new Date(Number(row.issued_at)),
    expires: new Date(Number(row.expires)),
  };
}
