import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'kysely';
import { Config } from '../config.js';
import { unnested } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { IntervalJob } from '../jobs/interval-job.js';
import type { RateLimitSchema } from './rate-limit.entity.js';

/** Length of a window in milliseconds. Windows begin at full minutes, so that all nodes have the same ones. */
const WINDOW = 60_000;
/** Milliseconds between two synchronizations with the other nodes. */
const SYNC_INTERVAL = 1_000;
/** Cap on tracked keys; above it new keys are not limited (fail open). */
const MAX_KEYS = 100_000;

interface SyncParameters {
  readonly keys: readonly string[];
  readonly points: readonly number[];
  /** When the counters expire, in milliseconds since 1970. */
  readonly expire: number;
}

// Lock order: rows by key, otherwise nodes deadlock.
const SYNC = statement('request-limit.sync', ({ keys, points, expire }: SyncParameters) =>
  tables<typeof RateLimitSchema>()
    .insertInto('rate_limits')
    .columns(['key', 'points', 'expire'])
    .expression((eb) =>
      eb
        .selectFrom(unnested('spent', { key: [keys, 'text[]'], points: [points, 'int[]'] }))
        .select(['spent.key', 'spent.points', sql<number>`${expire}::bigint`.as('expire')])
        .orderBy('spent.key'),
    )
    .onConflict((conflict) =>
      conflict
        .column('key')
        .doUpdateSet((eb) => ({ points: eb('rate_limits.points', '+', eb.ref('excluded.points')) })),
    )
    .returning(['key', 'points']),
);

/** The state of a key's limit after a request. */
export interface Allowance {
  readonly refused: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

interface Counter {
  /** Requests to all nodes, as of the last synchronization. */
  known: number;
  /** Requests to this node since then. */
  pending: number;
}

/**
 * Limits the requests of a user or address per minute. Each node counts in memory and adds its counters to those in
 * PostgreSQL once a second, so that a request executes no statement. A key may exceed its limit by the requests of one
 * second to other nodes.
 */
@Injectable()
export class RequestLimit implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RequestLimit.name);
  private readonly counters = new Map<string, Counter>();
  private window = 0;
  private readonly job = new IntervalJob(SYNC_INTERVAL, () => this.sync());

  constructor(
    private readonly config: Config,
    private readonly sql: Sql,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.rateLimit) this.job.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.job.stop();
  }

  /** Counts a request; null when requests are not limited. */
  spend(key: string, now = Date.now()): Allowance | null {
    if (!this.config.rateLimit) return null;
    const window = Math.floor(now / WINDOW);
    if (window !== this.window) {
      this.window = window;
      this.counters.clear();
    }
    const limit = this.config.requestsPerMinute;
    const reset = Math.max(1, Math.ceil(((window + 1) * WINDOW - now) / 1000));
    const counter = this.counters.get(key) ?? { known: 0, pending: 0 };
    if (counter.known + counter.pending >= limit) return { refused: true, limit, remaining: 0, reset };
    counter.pending++;
    if (this.counters.size < MAX_KEYS) this.counters.set(key, counter);
    return { refused: false, limit, remaining: limit - counter.known - counter.pending, reset };
  }

  /** Adds this node's pending counters to those in PostgreSQL, and reads the sums of all nodes. */
  async sync(): Promise<void> {
    const { window } = this;
    const spent = [...this.counters]
      .filter(([, { pending }]) => pending > 0)
      .map(([key, { pending }]) => ({ key, pending }));
    if (spent.length === 0) return;
    const prefix = `requests:${window}:`;
    try {
      const rows = await this.sql.rows(SYNC, {
        keys: spent.map(({ key }) => prefix + key),
        points: spent.map(({ pending }) => pending),
        expire: (window + 2) * WINDOW,
      });
      if (window !== this.window) return;
      const sums = new Map(rows.map(({ key, points }) => [key.slice(prefix.length), points]));
      for (const { key, pending } of spent) {
        const counter = this.counters.get(key);
        if (counter === undefined) continue;
        counter.known = sums.get(key) ?? counter.known;
        counter.pending -= pending;
      }
    } catch (error) {
      // Without the database each node applies its own counters, and a later synchronization adds them.
      this.logger.warn(`Request counters could not be synchronized: ${(error as Error).name}`);
    }
  }
}
