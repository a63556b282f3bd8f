import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Bytes of a refused body that are read and thrown away, so that its sender gets to read the answer. */
const MAX_DRAINED = 64 * 1024 * 1024;

/**
 * Reads on when an answer is sent before its request has been read. Closing the connection then would reset it, and a
 * client that is still sending would see a broken pipe instead of the answer. The time is bounded by the server's
 * request time-out, the amount here.
 */
export function drainUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, reply, payload, next) => {
    if (!request.raw.complete && !request.raw.destroyed && isSending(request.raw)) {
      reply.removeHeader('connection');
      drain(request.raw);
    }
    next(null, payload);
  });
}

function isSending({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function drain(request: IncomingMessage): void {
  let drained = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    drained += chunk.length;
    if (drained > MAX_DRAINED) request.destroy();
  });
  request.resume();
}
