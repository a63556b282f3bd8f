import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { readBearer, readRefreshCookie } from './credentials.js';
import { BearerStrategy, CookieStrategy } from './jwt.strategies.js';
import type { Claims } from './tokens.js';

/** Capacity of each cache, in tokens. */
const CACHE_SIZE = 20_000;

/** A copy of a passport strategy for one request, with callbacks for the outcome, as passport creates it. */
interface Attempt {
  success(claims: Claims): void;
  fail(): void;
  error(error: Error): void;
  authenticate(request: unknown): void;
}

/**
 * The claims of tokens that this service has signed. A client sends its token with every request for ten minutes, so
 * the claims of a verified token are cached and only its expiry is checked again. The database decides whether the
 * session is still open.
 */
@Injectable()
export class VerifiedTokens {
  private readonly kinds;

  constructor(bearer: BearerStrategy, cookie: CookieStrategy) {
    this.kinds = {
      bearer: { read: readBearer, strategy: bearer, cache: createCache() },
      cookie: { read: readRefreshCookie, strategy: cookie, cache: createCache() },
    };
  }

  /** The id of the user that the token of the request names. Does not check whether the session is open. */
  userId(request: FastifyRequest): string | null | Promise<string | null> {
    const claims = this.claims(request, readBearer(request) === undefined ? 'cookie' : 'bearer');
    return claims instanceof Promise
      ? claims.then((verified) => verified?.sub ?? null)
      : (claims?.sub ?? null);
  }

  /**
   * The claims of the request's token; null if it is missing or invalid. Returns a promise only if the token is not
   * cached.
   */
  claims(request: FastifyRequest, kind: 'bearer' | 'cookie'): Claims | Promise<Claims | null> | null {
    const { read, strategy, cache } = this.kinds[kind];
    const token = read(request);
    if (!token) return null;
    const claims = cache.get(token);
    if (claims !== undefined && Date.now() < claims.exp * 1000) return claims;
    return authenticate(strategy as never, request).then((verified) => {
      if (verified !== null) cache.set(token, verified);
      return verified;
    });
  }
}

function createCache(): LRUCache<string, Claims> {
  return new LRUCache({ max: CACHE_SIZE });
}

async function authenticate(strategy: Attempt, request: FastifyRequest): Promise<Claims | null> {
  return new Promise((resolve, reject) => {
    const attempt = Object.assign(Object.create(strategy) as Attempt, {
      success: resolve,
      fail: () => resolve(null),
      error: reject,
    });
    attempt.authenticate(request);
  });
}
