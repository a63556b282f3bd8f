import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { Sql, statement } from '../database/sql.js';
import type { Device } from './device.js';

/** Seconds in which a rotation's loser, and the former token, are still answered. */
export const GRACE = 30;

/** What a credential's user may do at this moment, and how its session stands. */
export interface CredentialRow {
  /** Null when the session has ended. */
  readonly counter: number | null;
  /** Whether the current refresh token was issued within the grace period. */
  readonly fresh: boolean | null;
  readonly stale: boolean | null;
  readonly administrator: boolean;
  readonly permissions: string[];
}

/** A session's row, as far as tokens are made from it. */
export interface SessionRow {
  readonly counter: number;
  readonly issuedAt: Date;
  readonly expires: Date;
}

export interface ListedSession {
  readonly id: string;
  readonly created: string;
  readonly lastUsed: string;
  readonly userAgent: string | null;
  readonly ip: string;
}

const ROW =
  'counter, extract(epoch from issued_at) * 1000 as issued_at, extract(epoch from expires) * 1000 as expires';

// The database's clock decides everywhere: nodes may disagree about the time.
const CREDENTIAL = statement(
  'sessions.credential',
  `select s.counter,
     s.issued_at > clock_timestamp() - interval '${GRACE} seconds' as fresh,
     s.last_used < clock_timestamp() - interval '5 minutes' as stale,
     exists (
       select from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id and r.name = 'admin'
     ) as administrator,
     array(
       select distinct rp.permission from user_roles ur join role_permissions rp on rp.role_id = ur.role_id
       where ur.user_id = u.id
     ) as permissions
   from users u
   left join sessions s on s.user_id = u.id and s.id = $2 and s.expires > clock_timestamp()
   where u.id = $1`,
);

const OPEN = statement(
  'sessions.open',
  `insert into sessions (user_id, id, expires, user_agent, ip)
   values ($1, $2, current_timestamp + make_interval(secs => $3), $4, $5)
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
  `select ${ROW}, issued_at > clock_timestamp() - interval '${GRACE} seconds' as fresh from sessions
   where user_id = $1 and id = $2 and expires > clock_timestamp()`,
);

const TOUCH = statement(
  'sessions.touch',
  `update sessions set last_used = clock_timestamp()
   where user_id = $1 and id = $2 and last_used < clock_timestamp() - interval '5 minutes'`,
);

const LIST = statement(
  'sessions.list',
  `select id, ip, user_agent as "userAgent",
     to_char(created at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created,
     to_char(last_used at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "lastUsed"
   from sessions where user_id = $1 and expires > clock_timestamp()
   order by last_used desc, id`,
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

  /** One statement for user, session and permissions; undefined when the user is gone. */
  async findCredential(userId: string, sessionId: string): Promise<CredentialRow | undefined> {
    return this.sql.row<CredentialRow>(CREDENTIAL, [userId, sessionId]);
  }

  async open(userId: string, id: string, lifetime: number, device: Device): Promise<SessionRow> {
    await this.sql.rows(SWEEP, [userId]);
    const row = await this.sql.row<RawRow>(OPEN, [userId, id, lifetime, device.userAgent, device.ip]);
    return asSession(row as RawRow);
  }

  /** Moves the counter on; undefined when somebody else did, or it is too early. */
  async rotate(userId: string, id: string, counter: number): Promise<SessionRow | undefined> {
    const row = await this.sql.row<RawRow>(ROTATE, [userId, id, counter]);
    return row && asSession(row);
  }

  async findCurrent(userId: string, id: string): Promise<(SessionRow & { fresh: boolean }) | undefined> {
    const row = await this.sql.row<RawRow & { fresh: boolean }>(CURRENT, [userId, id]);
    return row && { ...asSession(row), fresh: row.fresh };
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
