import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { sql } from 'kysely';
import { Config } from '../config.js';
import { unnested } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { IntervalJob } from '../jobs/interval-job.js';
import type { RateLimitSchema } from './rate-limit.entity.js';

/** Milliseconds of a window; they begin at full minutes, the same ones on every node. */
const WINDOW = 60_000;
/** Milliseconds between two synchronizations with the other nodes. */
const SYNC_INTERVAL = 1_000;
/** Cap on tracked keys; above it new keys are not limited (fail open). */
const MAX_KEYS = 100_000;

interface Counted {
  readonly keys: readonly string[];
  readonly points: readonly number[];
  /** When the counters end, in milliseconds since 1970. */
  readonly expire: number;
}

// Rows are locked in the order of their keys, otherwise nodes deadlock.
const SYNC = statement('request-limit.sync', ({ keys, points, expire }: Counted) =>
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

/** What a request has left of its key's limit. */
export interface Allowance {
  readonly refused: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly reset: number;
}

interface Count {
  /** Requests that all nodes had counted at the last synchronization. */
  known: number;
  /** Requests that this node has counted since. */
  pending: number;
}

/**
 * How many requests one user or address may make in a minute. A request costs no statement: each node counts in memory,
 * and once a second adds its counts to those in PostgreSQL, so that a limit may be exceeded by one second's requests to
 * other nodes.
 */
@Injectable()
export class RequestLimit implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RequestLimit.name);
  private readonly counts = new Map<string, Count>();
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
      this.counts.clear();
    }
    const limit = this.config.requestsPerMinute;
    const reset = Math.max(1, Math.ceil(((window + 1) * WINDOW - now) / 1000));
    const count = this.counts.get(key) ?? { known: 0, pending: 0 };
    if (count.known + count.pending >= limit) return { refused: true, limit, remaining: 0, reset };
    count.pending++;
    if (this.counts.size < MAX_KEYS) this.counts.set(key, count);
    return { refused: false, limit, remaining: limit - count.known - count.pending, reset };
  }

  /** Adds this node's counts to the shared ones, and reads the sums of all nodes. */
  async sync(): Promise<void> {
    const { window } = this;
    const spent = [...this.counts]
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
      const totals = new Map(rows.map(({ key, points }) => [key.slice(prefix.length), points]));
      for (const { key, pending } of spent) {
        const count = this.counts.get(key);
        if (count === undefined) continue;
        count.known = totals.get(key) ?? count.known;
        count.pending -= pending;
      }
    } catch (error) {
      // Without the database each node limits by its own counts, and adds them at a later synchronization.
      this.logger.warn(`Limits are not shared at the moment: ${(error as Error).name}`);
    }
  }
}
