import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { readBearer, readRefreshCookie } from './credentials.js';
import { BearerStrategy, CookieStrategy } from './jwt.strategies.js';
import type { Claims } from './tokens.js';

/** Tokens that are remembered at once: those of the readers who are about. */
const REMEMBERED = 20_000;

/** A passport strategy, as passport itself drives it: a copy for each attempt, told where its verdict goes. */
interface Attempt {
  success(claims: Claims): void;
  fail(): void;
  error(error: Error): void;
  authenticate(request: unknown): void;
}

/**
 * The claims of tokens that we have signed. A reader's token comes with every request of ten minutes: its signature is
 * verified once, its expiry each time. Whether its session is still open is the database's to say.
 */
@Injectable()
export class VerifiedTokens {
  private readonly kinds;

  constructor(bearer: BearerStrategy, cookie: CookieStrategy) {
    this.kinds = {
      bearer: { read: readBearer, strategy: bearer, known: remembered() },
      cookie: { read: readRefreshCookie, strategy: cookie, known: remembered() },
    };
  }

  /** The id of the user whose token the request carries, before it is known whether the session is open. */
  userId(request: FastifyRequest): string | null | Promise<string | null> {
    const claims = this.claims(request, readBearer(request) === undefined ? 'cookie' : 'bearer');
    return claims instanceof Promise
      ? claims.then((verified) => verified?.sub ?? null)
      : (claims?.sub ?? null);
  }

  /** The claims of the request's token of that kind; null for one that is not good, at once where it is known. */
  claims(request: FastifyRequest, kind: 'bearer' | 'cookie'): Claims | Promise<Claims | null> | null {
    const { read, strategy, known } = this.kinds[kind];
    const token = read(request);
    if (!token) return null;
    const claims = known.get(token);
    if (claims !== undefined && Date.now() < claims.exp * 1000) return claims;
    return verdict(strategy as never, request).then((verified) => {
      if (verified !== null) known.set(token, verified);
      return verified;
    });
  }
}

function remembered(): LRUCache<string, Claims> {
  return new LRUCache({ max: REMEMBERED });
}

async function verdict(strategy: Attempt, request: FastifyRequest): Promise<Claims | null> {
  return new Promise((resolve, reject) => {
    const attempt = Object.assign(Object.create(strategy) as Attempt, {
      success: resolve,
      fail: () => resolve(null),
      error: reject,
    });
    attempt.authenticate(request);
  });
}
