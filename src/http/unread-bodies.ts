import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** Maximum bytes of an unread body that are discarded, so that the client can read the answer. */
export const MAX_DISCARDED = 64 * 1024 * 1024;
/** Maximum duration in milliseconds. */
const MAX_TIME = 30_000;

const discarding = new WeakSet<Socket>();

/** Discards the rest of a body that has not been read when the answer is sent: see `discardUnreadBody`. */
export function discardUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, _reply, payload, next) => {
    discardUnreadBody(request.raw);
    next(null, payload);
  });
}

/**
 * Reads and discards the rest of a request's body. Closing the connection would reset it, and a client that is still
 * sending would see a broken pipe instead of the answer. If the connection closes after the answer, it is half-closed
 * until the body has been read.
 */
export function discardUnreadBody(request: IncomingMessage): void {
  const { socket } = request;
  if (request.complete || request.readableEnded || request.destroyed || !isSending(request)) return;
  if (discarding.has(socket)) return;
  discarding.add(socket);
  let isClosing = false;
  // Node calls `destroySoon` after the last answer of a connection.
  socket.destroySoon = () => {
    isClosing = true;
    socket.end();
  };
  const timer = setTimeout(() => socket.destroy(), MAX_TIME);
  finished(request, () => {
    clearTimeout(timer);
    discarding.delete(socket);
    Reflect.deleteProperty(socket, 'destroySoon');
    if (isClosing) socket.destroySoon();
  });
  discard(request);
}

/** Whether the body of the current request is being discarded, after its answer. */
export function isDiscarding(socket: Socket): boolean {
  return discarding.has(socket);
}

function isSending({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
}

function discard(request: IncomingMessage): void {
  let discarded = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > MAX_DISCARDED) request.socket.destroy();
  });
  request.resume();
}
