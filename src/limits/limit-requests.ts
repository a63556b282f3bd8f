import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AppError, tooManyRequests } from '../http/app-error.js';
import { addressKey } from '../http/client-address.js';
import type { RequestLimit } from './request-limit.js';

/** The id of the user whose token a request carries, null without one; a promise only where the token must be verified first. */
export type IdentifyUser = (request: FastifyRequest) => string | null | Promise<string | null>;

/** Limits how many requests each user makes, or each address without a token, and sends what is left in headers. */
export function limitRequests(fastify: FastifyInstance, limit: RequestLimit, identify: IdentifyUser): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { unlimited } = request.routeOptions.config as { unlimited?: boolean };
    if (unlimited) return next();
    // Read before the token is verified: a connection that closes meanwhile has no address any more.
    const address = request.ip ?? '';
    const user = identify(request);
    if (!(user instanceof Promise)) return next(refusal(user, address, reply));
    // A hook that is always asynchronous would cost every request a turn of the event loop.
    // oxlint-disable-next-line no-callback-in-promise
    return void user.then((identified) => refusal(identified, address, reply)).then(next, next);
  });

  function refusal(userId: string | null, address: string, reply: FastifyReply): AppError | undefined {
    const allowance = limit.spend(userId === null ? `address:${addressKey(address)}` : `user:${userId}`);
    if (allowance === null) return undefined;
    const seconds = 60;
    reply.header('ratelimit-policy', `"requests";q=${allowance.limit};w=${seconds}`);
    reply.header('ratelimit', `"requests";r=${allowance.remaining};t=${allowance.reset}`);
    return allowance.refused ? tooManyRequests({ retryAfter: allowance.reset }) : undefined;
  }
}
