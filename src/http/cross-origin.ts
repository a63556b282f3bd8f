import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
/** Request headers that pages of other origins may send; the last ones are those of tracing libraries. */
const ALLOWED_HEADERS = [
  'authorization',
  'content-type',
  'if-match',
  'if-none-match',
  'idempotency-key',
  'last-event-id',
  'prefer',
  'x-requested-with',
  'traceparent',
  'tracestate',
  'baggage',
  'sentry-trace',
].join(', ');
/** Answer headers that such pages may read. */
const EXPOSED_HEADERS = [
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'etag',
  'location',
  'idempotency-replayed',
  'content-disposition',
].join(', ');
/** Seconds for which browsers keep the answer to a preflight. */
const PREFLIGHT_SECONDS = '600';
/** Pictures and the redirects to them: they are public, and canvases of any origin may read them. */
const PICTURES = /^\/(images\/|user\/avatar\/)/;

/** The CORS headers of an answer to a page of the origin; those of a picture do not depend on it. */
export function crossOriginHeaders(
  { corsOrigins }: Config,
  origin: string | undefined,
  path: string,
): Record<string, string> {
  if (PICTURES.test(path)) return { 'access-control-allow-origin': '*' };
  const vary: Record<string, string> = corsOrigins.length === 0 ? {} : { vary: 'Origin' };
  if (origin === undefined || !corsOrigins.includes(origin)) return vary;
  return {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED_HEADERS,
  };
}

/**
 * Sends the CORS headers with every answer, refusals included, and answers preflights itself. Register it before every
 * hook that refuses requests: a preflight counts against no limit.
 */
export function allowCrossOrigin(fastify: FastifyInstance, config: Config): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    const { origin } = request.headers;
    reply.headers(crossOriginHeaders(config, origin, request.originalUrl));
    const isPreflight = request.method === 'OPTIONS' && origin !== undefined;
    if (!isPreflight || request.headers['access-control-request-method'] === undefined) return next();
    if (config.corsOrigins.includes(origin) || PICTURES.test(request.originalUrl)) {
      reply.headers({
        'access-control-allow-methods': METHODS,
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': PREFLIGHT_SECONDS,
      });
    }
    return void reply.status(204).send();
  });
}
