import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, tooManyRequests } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import type { RequestLimit } from './request-limit.js';

/**
 * The key of the user or program that sends a request; null without a valid token. A promise if the token must be
 * verified.
 */
export type RequestKey = (request: FastifyRequest) => string | null | Promise<string | null>;

/**
 * Limits the requests of each user and personal token, or of each address without a valid token. Headers report the
 * remaining requests.
 */
export function limitRequests(fastify: FastifyInstance, limit: RequestLimit, keyOf: RequestKey): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
    if (unlimited) return next();
    // The address is read before the token is verified, because a closed connection has no address.
    const address = request.ip ?? '';
    const key = keyOf(request);
    if (!(key instanceof Promise)) return next(checkLimit(key, address, reply));
    // An asynchronous hook would delay every request by a turn of the event loop.
    // oxlint-disable-next-line no-callback-in-promise
    return void key.then((identified) => checkLimit(identified, address, reply)).then(next, next);
  });

  function checkLimit(key: string | null, address: string, reply: FastifyReply): AppError | undefined {
    const allowance = limit.spend(key ?? `address:${addressKey(address)}`);
    if (allowance === null) return undefined;
    const seconds = 60;
    reply.header('ratelimit-policy', `"requests";q=${allowance.limit};w=${seconds}`);
    reply.header('ratelimit', `"requests";r=${allowance.remaining};t=${allowance.reset}`);
    return allowance.refused ? tooManyRequests({ retryAfter: allowance.reset }) : undefined;
  }
}
