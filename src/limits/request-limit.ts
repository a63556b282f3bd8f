import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../config.js';
import { Sql, statement } from '../database/sql.js';

/** Milliseconds of a window; every node's begin at the same full minutes. */
const WINDOW = 60_000;
/** Milliseconds between two exchanges with the other nodes. */
const EXCHANGE = 1_000;
/** Keys that are counted at once; whoever comes when there are more is not limited, rather than everybody refused. */
const MAX_KEYS = 100_000;

const TELL = statement(
  'request-limit.tell',
  `insert into rate_limits as held (key, points, expire)
   select spent.key, spent.points, $3 from unnest($1::text[], $2::int[]) as spent (key, points) order by spent.key
   on conflict (key) do update set points = held.points + excluded.points
   returning key, points`,
);

/** What a request has left of its key's limit. */
export interface Allowance {
  readonly refused: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the limit begins anew. */
  readonly reset: number;
}

interface Count {
  /** What all nodes together have counted, as far as this one knows. */
  known: number;
  /** What this node has counted since it last told the others. */
  untold: number;
}

/**
 * How many requests one user or address may make in a minute. A request costs no statement: each node counts, and once
 * a second tells the others through PostgreSQL, so that a limit may be overrun by what other nodes see in a second.
 */
@Injectable()
export class RequestLimit implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RequestLimit.name);
  private readonly counts = new Map<string, Count>();
  private window = 0;
  private timer: NodeJS.Timeout | undefined;
  private exchanging: Promise<void> | null = null;

  constructor(
    private readonly config: Config,
    private readonly sql: Sql,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.rateLimit) return;
    this.timer = setInterval(() => {
      this.exchanging ??= this.exchange().finally(() => (this.exchanging = null));
    }, EXCHANGE);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.exchanging;
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
    const count = this.counts.get(key) ?? { known: 0, untold: 0 };
    if (count.known + count.untold >= limit) return { refused: true, limit, remaining: 0, reset };
    count.untold++;
    if (this.counts.size < MAX_KEYS) this.counts.set(key, count);
    return { refused: false, limit, remaining: limit - count.known - count.untold, reset };
  }

  /** Tells the other nodes what this one has counted, and learns what they have. */
  async exchange(): Promise<void> {
    const { window } = this;
    const told = [...this.counts].filter(([, { untold }]) => untold > 0);
    if (told.length === 0) return;
    const prefix = `requests:${window}:`;
    const spent = told.map(([key, { untold }]) => ({ key, untold }));
    try {
      const rows = await this.sql.rows<{ key: string; points: number }>(TELL, [
        spent.map(({ key }) => prefix + key),
        spent.map(({ untold }) => untold),
        (window + 2) * WINDOW,
      ]);
      if (window !== this.window) return;
      const totals = new Map(rows.map(({ key, points }) => [key.slice(prefix.length), points]));
      for (const { key, untold } of spent) {
        const count = this.counts.get(key);
        if (count === undefined) continue;
        count.known = totals.get(key) ?? count.known;
        count.untold -= untold;
      }
    } catch (error) {
      // Without the database each node counts for itself, and tells later.
      this.logger.warn(`Limits are not shared at the moment: ${(error as Error).name}`);
    }
  }
}
