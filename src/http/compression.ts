import type { FastifyInstance, FastifyReply } from 'fastify';
import { encode, encodingFor } from './encoding.js';

/** Bytes from which compression saves more than it costs. */
const WORTH_IT = 1024;
/**
 * Routes whose answers hold tokens or keys. These are sent as they are: the length of a compressed answer tells what
 * else is in it to whoever can make a browser repeat the request with a text of their own.
 */
const SECRETS = /^\/(auth\/|admin\/clients\b)/;

/** Compresses JSON of more than a kilobyte where the client asks for it, outside of the event loop. */
export function compressAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, next) => {
    if (typeof payload !== 'string' || payload.length <= WORTH_IT) return next(null, payload);
    if (!isJson(reply) || reply.hasHeader('content-encoding')) return next(null, payload);
    if (SECRETS.test(request.routeOptions.url ?? '')) return next(null, payload);
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

function isJson(reply: FastifyReply): boolean {
  return String(reply.getHeader('content-type') ?? '').startsWith('application/json');
}

/** Adds to what the answer depends on, beside the page's origin. */
export function addVary(reply: FastifyReply): void {
  const former = reply.getHeader('vary');
  reply.header('vary', former === undefined ? 'accept-encoding' : `${String(former)}, accept-encoding`);
}
