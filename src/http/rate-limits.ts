import { isIPv6 } from 'node:net';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import type { Pool, QueryConfig } from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config.js';
import { DatabaseSettings } from '../database/database-settings.js';
import { tooManyRequests } from './app-error.js';

/** How many points a key may spend in how many seconds. */
const LIMITS = {
  /** Failed sign-ins for one address and name. */
  login: { points: 10, duration: 15 * 60 },
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

/** Counters in PostgreSQL, so that all nodes count together. */
@Injectable()
export class RateLimits {
  private readonly limiters: Record<LimitName, RateLimiterPostgres>;

  constructor(
    private readonly config: Config,
    em: EntityManager,
    settings: DatabaseSettings,
  ) {
    // The limiter names its statements, which a transaction pooler does not allow.
    const storeClient = {
      query: async ({ name, text, values }: QueryConfig) => {
        const pool = (await em.getConnection().getNativeClient()) as Pool;
        return pool.query(settings.prepares ? { name, text, values } : { text, values });
      },
    };
    const limiterOf = (name: LimitName) =>
      new RateLimiterPostgres({
        storeClient,
        storeType: 'client',
        tableName: 'rate_limits',
        tableCreated: true,
        keyPrefix: name,
        ...LIMITS[name],
      });
    this.limiters = {
      login: limiterOf('login'),
      register: limiterOf('register'),
      refresh: limiterOf('refresh'),
      images: limiterOf('images'),
      clientKey: limiterOf('clientKey'),
    };
  }

  /**
   * Spends a point.
   *
   * @throws tooManyRequests when the key has none left, with the seconds until it has
   */
  async spend(limit: LimitName, key: string): Promise<void> {
    if (!this.config.rateLimit) return;
    try {
      await this.limiters[limit].consume(key);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw tooManyRequests({ retryAfter: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) });
    }
  }

  /** Gives a point back, to a key whose attempt turned out to be good. */
  async giveBack(limit: LimitName, key: string): Promise<void> {
    if (this.config.rateLimit) await this.limiters[limit].reward(key);
  }
}

/** An address as a key: one household has a whole /64 of IPv6 addresses. */
export function addressKey(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - first.length - last.length }, () => '0');
  const groups = [...first, ...zeros, ...last].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}
