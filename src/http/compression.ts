import type { FastifyInstance, FastifyReply } from 'fastify';
import { encode, encodingFor } from './encoding.js';
import { addVary } from './vary.js';

/** Answers of at most this many bytes are not compressed. */
const MIN_BYTES = 1024;
/**
 * Routes whose answers hold tokens or keys. They are not compressed, because the length of a compressed answer reveals
 * its content to an attacker who can inject text into it (BREACH).
 */
const SECRET_ROUTES = /^\/(auth\/|admin\/(clients|invitations)\b|admin\/users\/:id\/password-reset)/;

/** Compresses JSON of more than a kilobyte if the client accepts it; the work is done off the event loop. */
export function compressAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, next) => {
    if (typeof payload !== 'string' || isShort(payload)) return next(null, payload);
    if (!isJson(reply) || reply.hasHeader('content-encoding')) return next(null, payload);
    if (SECRET_ROUTES.test(request.routeOptions.url ?? '')) return next(null, payload);
    addVary(reply);
    const encoding = encodingFor(request.headers['accept-encoding']);
    if (encoding === null) return next(null, payload);
    encode(payload, encoding, (error, bytes) => {
      if (error !== null) return next(null, payload);
      reply.header('content-encoding', encoding).removeHeader('content-length');
      return next(null, bytes);
    });
  });
}

/** Whether a text is too short to be compressed. */
export function isShort(text: string): boolean {
  // No character has more than three bytes for each UTF-16 unit.
  if (text.length * 3 <= MIN_BYTES) return true;
  return text.length <= MIN_BYTES && Buffer.byteLength(text) <= MIN_BYTES;
}

function isJson(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('application/json');
}
