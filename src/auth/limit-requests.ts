import type { FastifyInstance, FastifyRequest } from 'fastify';
import { tooManyRequests } from '../http/app-error.js';
import { addressKey } from '../http/rate-limits.js';
import type { RequestLimit } from '../http/request-limit.js';
import { readBearer, readRefreshCookie } from './credentials.js';
import { ACCESS_AUDIENCE, REFRESH_AUDIENCE, type Tokens } from './tokens.js';

/** Limits how many requests each user makes, or each address where no user shows, and says what is left. */
export function limitRequests(fastify: FastifyInstance, limit: RequestLimit, tokens: Tokens): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
    const allowance = unlimited ? null : limit.spend(keyOf(request, tokens));
    if (allowance === null) return next();
    const seconds = 60;
    reply.header('ratelimit-policy', `"requests";q=${allowance.limit};w=${seconds}`);
    reply.header('ratelimit', `"requests";r=${allowance.remaining};t=${allowance.reset}`);
    return next(allowance.refused ? tooManyRequests({ retryAfter: allowance.reset }) : undefined);
  });
}

/** The user whose token we have signed; else the address. */
function keyOf(request: FastifyRequest, tokens: Tokens): string {
  const bearer = readBearer(request);
  const [token, audience] =
    bearer === undefined ? [readRefreshCookie(request), REFRESH_AUDIENCE] : [bearer, ACCESS_AUDIENCE];
  const userId = token ? tokens.subject(token, audience) : null;
  return userId === null ? `address:${addressKey(request.ip)}` : `user:${userId}`;
}
