import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidParameters, payloadTooLarge, unsupportedMediaType } from './app-error.js';

/** Maximum size of a JSON body in bytes, unless a route sets another one. */
export const BODY_LIMIT = 64 * 1024;
/** Maximum nesting depth of a JSON body. No request of the contract has more than four levels. */
const MAX_DEPTH = 20;

/** A media type with or without parameters, as Fastify reads it. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** The bodies of requests with an `Idempotency-Key`, whose bytes are compared. */
const rawBodies = new WeakMap<FastifyRequest, Buffer>();

/** The bytes of the JSON body of a request with an `Idempotency-Key`. */
export function rawBodyOf(request: FastifyRequest): Buffer {
  return rawBodies.get(request) ?? Buffer.alloc(0);
}

/**
 * Replaces Fastify's body parsers. Only JSON is accepted, with a limited depth and without keys for prototype
 * pollution. An empty body counts as an absent one, whatever its type. Forms are refused, because a page of another
 * origin can post one without a CORS preflight.
 */
export function parseBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();

  // Fastify refuses a malformed content type even without a body.
  fastify.addHook('onRequest', ({ headers }, _reply, next) => {
    if (!MEDIA_TYPE.test(headers['content-type'] ?? '')) delete headers['content-type'];
    next();
  });

  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
    if (request.headers['idempotency-key'] !== undefined) rawBodies.set(request, bytes);
    if (bytes.length === 0) return done(null, undefined);
    if (!isPlainUtf8(request)) return done(unsupportedMediaType());
    const text = isUtf8(bytes) ? bytes.toString('utf8') : null;
    if (text === null || !isShallow(text)) return done(invalidParameters());
    void parseJson(request, text, (error, value: unknown) => {
      done(error ? invalidParameters() : null, value);
    });
  });

  fastify.addHook('preParsing', (request, _reply, payload, next) => {
    const isForHandler = streamedTypes(request) !== undefined && hasBody(request);
    const { bodyBytes = BODY_LIMIT } = request.routeOptions.config as { bodyBytes?: number };
    if (isForHandler && !isStreamed(request)) return next(unsupportedMediaType());
    const isTooLong = Number(request.headers['content-length'] ?? 0) > bodyBytes;
    return next(isForHandler && isTooLong ? payloadTooLarge() : null, payload);
  });

  fastify.addContentTypeParser('*', (request: FastifyRequest, payload, done) => {
    if (isStreamed(request)) return done(null, payload);
    let empty = true;
    payload.on('data', () => {
      if (!empty) return;
      empty = false;
      done(unsupportedMediaType());
    });
    payload.on('end', () => empty && done(null, undefined));
    payload.on('error', (error: Error) => empty && done(error));
  });
}

/** The content types that the route's handler reads as a stream; undefined for other handlers. See `StreamedBody`. */
function streamedTypes(request: FastifyRequest): readonly string[] | undefined {
  return (request.routeOptions.config as { streamed?: readonly string[] }).streamed;
}

function isStreamed(request: FastifyRequest): boolean {
  const type = /^[^;\s]*/.exec(request.headers['content-type'] ?? '')?.[0].toLowerCase() ?? '';
  return streamedTypes(request)?.includes(type) ?? false;
}

export function hasBody({ headers }: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** Whether the headers declare UTF-8 without compression. */
function isPlainUtf8({ headers }: FastifyRequest): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) && /^(identity)?$/i.test(headers['content-encoding'] ?? '');
}

/** Whether a JSON text has at most `MAX_DEPTH` levels. One pass, without recursion. */
export function isShallow(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (inString) {
      if (code === 92) index++;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      if (++depth > MAX_DEPTH) return false;
    } else if (code === 93 || code === 125) depth--;
  }
  return true;
}
