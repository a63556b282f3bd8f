import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../config.js';
import { Sql, statement } from '../database/sql.js';
import { tooManyRequests } from '../http/app-error.js';

/** How many points a key may spend in how many seconds. */
const LIMITS = {
  /** Failed sign-ins of one account from one address. */
  login: { points: 10, duration: 15 * 60 },
  /** Failed sign-ins from one address, whatever the accounts. */
  loginAddress: { points: 100, duration: 15 * 60 },
  /** Failed sign-ins of one account, whatever the addresses. */
  loginAccount: { points: 100, duration: 15 * 60 },
  /** New accounts from one address. */
  register: { points: 10, duration: 60 * 60 },
  /** Refused refreshes from one address. */
  refresh: { points: 30, duration: 60 },
  /** Uploads of images by one user. */
  images: { points: 30, duration: 60 },
  /** Calls with one client's id from one address. */
  clientKey: { points: 60, duration: 60 },
} as const;

export type LimitName = keyof typeof LIMITS;

/** A limit, and the key that it counts by. */
export interface LimitedKey {
  readonly limit: LimitName;
  readonly key: string;
}

/** Milliseconds between two removals of counters that have ended. */
const SWEEP = 10 * 60_000;

// The database's clock decides, since the clocks of nodes may differ. Keys are locked in their order.
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';

const SPEND = statement(
  'rate-limits.spend',
  `insert into rate_limits as held (key, points, expire)
   select spent.key, 1, ${NOW} + spent.duration
   from unnest($1::text[], $2::bigint[]) as spent (key, duration) order by spent.key
   on conflict (key) do update set
     points = case when held.expire <= ${NOW} then 1 else held.points + 1 end,
     expire = case when held.expire <= ${NOW} then excluded.expire else held.expire end
   returning key, points, (expire - ${NOW})::int as remaining`,
);

const GIVE_BACK = statement(
  'rate-limits.give-back',
  `with held as (
     select key from rate_limits where key = any($1::text[]) and points > 0 order by key for update
   )
   update rate_limits r set points = r.points - 1 from held where r.key = held.key`,
);

const CLEAR = statement('rate-limits.clear', 'delete from rate_limits where key = $1');
const REMOVE_ENDED = statement(
  'rate-limits.remove-ended',
  `delete from rate_limits where expire < ${NOW} - 3600000`,
);

/** Counters in PostgreSQL, so that all nodes count together. */
@Injectable()
export class RateLimits implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly config: Config,
    private readonly sql: Sql,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      // The next removal finds what this one has left.
      this.sweeping = this.sql.rows(REMOVE_ENDED).catch(() => undefined);
    }, SWEEP);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
  }

  /**
   * Spends a point of one key.
   *
   * @throws tooManyRequests when the key has none left, with the seconds until it has
   */
  async spend(limit: LimitName, key: string): Promise<void> {
    await this.spendAll([{ limit, key }]);
  }

  /**
   * Spends a point of each key, or of none when one of them has none left.
   *
   * @throws tooManyRequests with the seconds until all of them have points
   */
  async spendAll(keys: readonly LimitedKey[]): Promise<void> {
    if (!this.config.rateLimit) return;
    const stored = new Map(keys.map((limited) => [storedKey(limited), LIMITS[limited.limit]]));
    const rows = await this.sql.rows<{ key: string; points: number; remaining: number }>(SPEND, [
      [...stored.keys()],
      [...stored.values()].map(({ duration }) => duration * 1000),
    ]);
    const exceeded = rows.filter(({ key, points }) => points > (stored.get(key)?.points ?? 0));
    if (exceeded.length === 0) return;
    await this.sql.rows(GIVE_BACK, [[...stored.keys()]]);
    const remaining = Math.max(...exceeded.map((row) => row.remaining));
    throw tooManyRequests({ retryAfter: Math.max(1, Math.ceil(remaining / 1000)) });
  }

  /** Gives a point back to each key, whose attempt turned out to be good. */
  async giveBack(keys: readonly LimitedKey[]): Promise<void> {
    if (this.config.rateLimit) await this.sql.rows(GIVE_BACK, [keys.map(storedKey)]);
  }

  /** Lets a key begin anew. */
  async clear(limited: LimitedKey): Promise<void> {
    if (this.config.rateLimit) await this.sql.rows(CLEAR, [storedKey(limited)]);
  }
}

function storedKey({ limit, key }: LimitedKey): string {
  return `${limit}:${key}`.slice(0, 255);
}
