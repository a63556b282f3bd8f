import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'kysely';
import { Config } from '../config.js';
import { anyOf, unnested } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { tooManyRequests } from '../http/app-error.js';
import { IntervalJob } from '../jobs/interval-job.js';
import type { RateLimitSchema } from './rate-limit.entity.js';

/** The points that a key may spend in a window of `duration` seconds. */
const LIMITS = {
  /** Failed sign-ins of one account from one address. */
  login: { points: 10, duration: 15 * 60 },
  /** Failed sign-ins from one address, for all accounts. */
  loginAddress: { points: 100, duration: 15 * 60 },
  /** Failed sign-ins of one account, from all addresses. */
  loginAccount: { points: 100, duration: 15 * 60 },
  /** New accounts from one address. */
  register: { points: 10, duration: 60 * 60 },
  /** Wrong codes of the second factor of one account. */
  secondFactor: { points: 10, duration: 15 * 60 },
  /** Requests for a new password from one address, for all accounts. */
  passwordRequest: { points: 20, duration: 60 * 60 },
  /** Messages with a link to a new password of one account. */
  passwordMail: { points: 3, duration: 60 * 60 },
  /** Messages with a link that verifies the address of one account. */
  verificationMail: { points: 3, duration: 60 * 60 },
  /** Refused refreshes from one address. */
  refresh: { points: 30, duration: 60 },
  /** Uploads of images by one user. */
  images: { points: 30, duration: 60 },
  /** Bulks of one user. */
  bulk: { points: 30, duration: 60 },
  /** Undos by one user. */
  undo: { points: 120, duration: 60 * 60 },
  /** Exports by one user. */
  exports: { points: 5, duration: 60 * 60 },
  /** Exports of one user at one time. The node that runs an export extends the window until its end. */
  exportsAtOnce: { points: 1, duration: 60 },
  /** Readings of one user's calendar by programs. */
  calendar: { points: 60, duration: 60 * 60 },
  /** Imports of one user. */
  imports: { points: 20, duration: 24 * 60 * 60 },
  /** Idempotency keys of one user. */
  idempotencyKeys: { points: 10_000, duration: 24 * 60 * 60 },
  /** Calls with one client's id from one address. */
  clientKey: { points: 60, duration: 60 },
} as const;

export type LimitName = keyof typeof LIMITS;

/** A limit, and the key of one of its counters. */
export interface LimitedKey {
  readonly limit: LimitName;
  readonly key: string;
}

/** Milliseconds between two removals of expired counters. */
const CLEANUP_INTERVAL = 10 * 60_000;

const db = tables<typeof RateLimitSchema>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<number>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const HAS_EXPIRED = sql<boolean>`rate_limits.expire <= ${NOW}`;

interface Spending {
  readonly keys: readonly string[];
  /** In milliseconds, one for each key. */
  readonly durations: readonly number[];
}

// Lock order: rows by key, otherwise concurrent sign-ins deadlock.
const SPEND = statement('rate-limits.spend', ({ keys, durations }: Spending) =>
  db
    .insertInto('rate_limits')
    .columns(['key', 'points', 'expire'])
    .expression((eb) =>
      eb
        .selectFrom(unnested('spent', { key: [keys, 'text[]'], duration: [durations, 'bigint[]'] }))
        .select([
          'spent.key',
          sql.lit(1).as('points'),
          sql<number>`${NOW} + ${sql.ref('spent.duration')}`.as('expire'),
        ])
        .orderBy('spent.key'),
    )
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((eb) => ({
        points: eb
          .case()
          .when(HAS_EXPIRED)
          .then(sql.lit(1))
          .else(eb('rate_limits.points', '+', sql.lit(1)))
          .end(),
        expire: eb
          .case()
          .when(HAS_EXPIRED)
          .then(eb.ref('excluded.expire'))
          .else(eb.ref('rate_limits.expire'))
          .end(),
      })),
    )
    .returning(['key', 'points', sql<number>`(expire - ${NOW})::int`.as('remaining')]),
);

const REFUND = statement('rate-limits.refund', ({ keys }: { keys: readonly string[] }) =>
  db
    .with('held', (query) =>
      query
        .selectFrom('rate_limits')
        .select('key')
        .where('key', '=', anyOf(keys, 'text[]'))
        .where('points', '>', sql.lit(0))
        .orderBy('key')
        .forUpdate(),
    )
    .updateTable('rate_limits as r')
    .from('held')
    .set((eb) => ({ points: eb('r.points', '-', sql.lit(1)) }))
    .whereRef('r.key', '=', 'held.key'),
);

const RESTART = statement(
  'rate-limits.restart',
  (p: { readonly key: string; readonly points: number; readonly duration: number }) =>
    db
      .updateTable('rate_limits')
      .set({ expire: sql<number>`${NOW} + ${p.duration}::bigint` })
      .where('key', '=', p.key)
      .where('points', '>=', p.points),
);

const CLEAR = statement('rate-limits.clear', ({ key }: { key: string }) =>
  db.deleteFrom('rate_limits').where('key', '=', key),
);
const REMOVE_EXPIRED = statement('rate-limits.remove-expired', () =>
  db.deleteFrom('rate_limits').where('expire', '<', sql<number>`${NOW} - 3600000`),
);

/** Rate limits with counters in PostgreSQL, which all nodes share. */
@Injectable()
export class RateLimits implements OnApplicationBootstrap, OnModuleDestroy {
  // Errors are ignored: the next run removes the same rows.
  private readonly cleanup = new IntervalJob(CLEANUP_INTERVAL, () =>
    this.removeExpired().catch(() => undefined),
  );

  constructor(
    private readonly config: Config,
    private readonly sql: Sql,
  ) {}

  onApplicationBootstrap(): void {
    this.cleanup.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.cleanup.stop();
  }

  /**
   * Spends a point of one key.
   *
   * @throws tooManyRequests if the key has no points left, with the seconds until the window ends
   */
  async spend(limit: LimitName, key: string): Promise<void> {
    await this.spendAll([{ limit, key }]);
  }

  /**
   * Spends a point of each key, or no point at all if one of the keys has none left.
   *
   * @throws tooManyRequests with the seconds until all keys have points
   */
  async spendAll(limited: readonly LimitedKey[]): Promise<void> {
    if (!this.config.rateLimit) return;
    const stored = new Map(limited.map((one) => [storedKey(one), LIMITS[one.limit]]));
    const keys = [...stored.keys()];
    const durations = [...stored.values()].map(({ duration }) => duration * 1000);
    const rows = await this.sql.rows(SPEND, { keys, durations });
    const exceeded = rows.filter(({ key, points }) => points > (stored.get(key)?.points ?? 0));
    if (exceeded.length === 0) return;
    await this.sql.rows(REFUND, { keys });
    const remaining = Math.max(...exceeded.map((row) => row.remaining));
    throw tooManyRequests({ retryAfter: Math.max(1, Math.ceil(remaining / 1000)) });
  }

  /** Returns a point to each key, after a successful attempt. */
  async refund(keys: readonly LimitedKey[]): Promise<void> {
    if (this.config.rateLimit) await this.sql.rows(REFUND, { keys: keys.map(storedKey) });
  }

  /** Starts the window again for a key that has no points left: it is then refused for the whole duration. */
  async restartIfExhausted(limited: LimitedKey): Promise<void> {
    if (!this.config.rateLimit) return;
    const { points, duration } = LIMITS[limited.limit];
    await this.sql.rows(RESTART, { key: storedKey(limited), points, duration: duration * 1000 });
  }

  /** Resets a key's counter. */
  async clear(limited: LimitedKey): Promise<void> {
    if (this.config.rateLimit) await this.sql.rows(CLEAR, { key: storedKey(limited) });
  }

  private async removeExpired(): Promise<void> {
    await this.sql.rows(REMOVE_EXPIRED, {});
  }
}

function storedKey({ limit, key }: LimitedKey): string {
  return `${limit}:${key}`.slice(0, 255);
}
