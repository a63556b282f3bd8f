import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { tooManyRequests } from '../http/app-error.js';
import { RequestLimit } from '../limits/request-limit.js';
import { readBearer } from './credentials.js';
import { isPersonalToken } from './personal-token.js';
import { PersonalTokens } from './personal-tokens.js';
import { VerifiedTokens } from './verified-tokens.js';

/** The keys under which the requests of users and of personal tokens are counted. */
@Injectable()
export class RequestKeys {
  /** Requests with a text that is not yet known as a valid token: they have counted for their address. */
  private readonly unknownTokens = new WeakSet<FastifyRequest>();

  constructor(
    private readonly limit: RequestLimit,
    private readonly verified: VerifiedTokens,
    private readonly tokens: PersonalTokens,
  ) {}

  /** Null without a valid credential: the request then counts for its address. */
  of(request: FastifyRequest): string | null | Promise<string | null> {
    const bearer = readBearer(request);
    if (bearer && isPersonalToken(bearer)) {
      const id = this.tokens.knownId(bearer);
      if (id === null) this.unknownTokens.add(request);
      return id === null ? null : tokenKey(id);
    }
    const user = this.verified.userId(request);
    return user instanceof Promise ? user.then(keyOf) : keyOf(user);
  }

  /**
   * Counts a request for the token that it has turned out to carry, unless it has counted already.
   *
   * @throws tooManyRequests
   */
  countToken(request: FastifyRequest, id: string): void {
    if (!this.unknownTokens.delete(request)) return;
    const allowance = this.limit.spend(tokenKey(id));
    if (allowance?.refused) throw tooManyRequests({ retryAfter: allowance.reset });
  }
}

function tokenKey(id: string): string {
  return `token:${id}`;
}

function keyOf(userId: string | null): string | null {
  return userId === null ? null : `user:${userId}`;
}
