import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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
/** Response headers that pages of other origins may read. */
const EXPOSED_HEADERS = [
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'etag',
  'location',
  'idempotency-replayed',
  'content-disposition',
].join(', ');
/** The headers of the answer to a preflight; browsers cache it for ten minutes. */
const PREFLIGHT = {
  'access-control-allow-methods': METHODS,
  'access-control-allow-headers': ALLOWED_HEADERS,
  'access-control-max-age': '600',
};
/** Pictures and the redirects to them: they are public, and pages of any origin may draw them to a canvas. */
const PICTURES = /^\/(images\/|user\/avatar\/)/;

const FOR_EVERY_ORIGIN = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': EXPOSED_HEADERS,
};

/** The CORS headers of an answer. They depend on the origin of the page, except for pictures. */
export function crossOriginHeaders(
  { corsOrigins }: Config,
  origin: string | undefined,
  path: string,
): Record<string, string> {
  if (PICTURES.test(path)) return FOR_EVERY_ORIGIN;
  const vary: Record<string, string> = corsOrigins.length === 0 ? {} : { vary: 'Origin' };
  if (origin === undefined || !corsOrigins.includes(origin)) return vary;
  return {
    ...vary,
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED_HEADERS,
  };
}

/** Sets the CORS headers, and answers a preflight. @returns whether the request was a preflight */
export function answerCrossOrigin(config: Config, request: FastifyRequest, reply: FastifyReply): boolean {
  const { method, headers, originalUrl } = request;
  const { origin } = headers;
  reply.headers(crossOriginHeaders(config, origin, originalUrl));
  const isPreflight = origin !== undefined && headers['access-control-request-method'] !== undefined;
  if (method !== 'OPTIONS' || !isPreflight) return false;
  if (config.corsOrigins.includes(origin) || PICTURES.test(originalUrl)) reply.headers(PREFLIGHT);
  void reply.status(204).send();
  return true;
}

/**
 * Sends the CORS headers with every answer, errors included, and answers preflights. Register it before every hook that
 * refuses requests: preflights are not rate-limited.
 */
export function allowCrossOrigin(fastify: FastifyInstance, config: Config): void {
  fastify.addHook('onRequest', (request, reply, next) => {
    if (!answerCrossOrigin(config, request, reply)) next();
  });
}
