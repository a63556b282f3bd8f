import type { FastifyInstance, FastifyReply } from 'fastify';
import { type AppError, tooManyRequests } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import type { RequestLimit } from '../http/request-limit.js';
import { readBearer } from './credentials.js';
import type { Claims } from './tokens.js';
import type { VerifiedTokens } from './verified-tokens.js';

/** Limits how many requests each user makes, or each address where no user shows, and says what is left. */
export function limitRequests(fastify: FastifyInstance, limit: RequestLimit, tokens: VerifiedTokens): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
    if (unlimited) return next();
    // Read at once: a client that hangs up takes its address along.
    const address = request.ip ?? '';
    const claims = tokens.claims(request, readBearer(request) === undefined ? 'cookie' : 'bearer');
    if (!(claims instanceof Promise)) return next(refusal(claims, address, reply));
    // A hook that is always asynchronous would cost every request a turn.
    // oxlint-disable-next-line no-callback-in-promise
    return void claims.then((verified) => refusal(verified, address, reply)).then(next, next);
  });

  function refusal(claims: Claims | null, address: string, reply: FastifyReply): AppError | undefined {
    const allowance = limit.spend(claims === null ? `address:${addressKey(address)}` : `user:${claims.sub}`);
    if (allowance === null) return undefined;
    const seconds = 60;
    reply.header('ratelimit-policy', `"requests";q=${allowance.limit};w=${seconds}`);
    reply.header('ratelimit', `"requests";r=${allowance.remaining};t=${allowance.reset}`);
    return allowance.refused ? tooManyRequests({ retryAfter: allowance.reset }) : undefined;
  }
}
