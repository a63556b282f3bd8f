import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { invalidParameters, payloadTooLarge, unsupportedMediaType } from './app-error.js';

/** Most bytes of a JSON body, unless a route says otherwise. */
export const BODY_LIMIT = 64 * 1024;
/** Most levels of a JSON body. No request of the contract has more than four. */
const MAX_DEPTH = 20;

/**
 * Replaces Fastify's body parsers: JSON within bounds of depth and without poison, nothing else. An empty body is an
 * empty JSON body, whatever its type; a form is refused, because a foreign page can post one without asking.
 */
export function parseBodies(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();

  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = body as Buffer;
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

/** The types of bodies that the route's handler reads itself, if it does: see `StreamedBody`. */
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

/** Whether the headers promise the bytes of UTF-8 themselves: neither compressed nor in another encoding. */
function isPlainUtf8({ headers }: FastifyRequest): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) && /^(identity)?$/i.test(headers['content-encoding'] ?? '');
}

/** Whether brackets nest no deeper than allowed. One pass over the text, without a stack. */
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
