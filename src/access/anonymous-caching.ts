import { hash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { isShort } from '../http/compression.js';
import { matchesNone } from '../http/entity-tags.js';
import { addVary } from '../http/vary.js';
import type { CachingOption } from '../openapi/api-route.js';

/** How long shared caches may keep an answer of the catalog. */
const ANONYMOUS_CACHING = 'public, max-age=60';

/**
 * Adds the headers for caches to answers of routes with `cachedForAnonymous`, and answers 304 if the client's copy is
 * current. Register it before the compression: the ETag is that of the plain text, and therefore weak.
 */
export function cacheAnonymousAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, next) => {
    const { cachedForAnonymous } = request.routeOptions.config as Partial<CachingOption>;
    if (cachedForAnonymous !== true) return next(null, payload);
    // Also answers to signed-in readers: a cache must not answer them with an anonymous one.
    addVary(reply, 'authorization, cookie');
    const isAnonymous = request.viewer === null && reply.statusCode === 200;
    if (!isAnonymous || typeof payload !== 'string') return next(null, payload);
    const tag = hash('sha1', payload, 'base64url');
    reply.headers({ 'cache-control': ANONYMOUS_CACHING, etag: `W/"${tag}"` });
    if (!matchesNone(request.headers['if-none-match'], tag)) return next(null, payload);
    // A 304 names what the 200 names: a cache would keep the compressed answer for all clients otherwise.
    if (!isShort(payload)) addVary(reply);
    reply.status(304).removeHeader('content-type').removeHeader('content-length');
    return next(null, null);
  });
}
