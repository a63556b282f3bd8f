import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { finished } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** Bytes of an unread body that are read and discarded at most, so that its sender gets to read the answer. */
export const MAX_DISCARDED = 64 * 1024 * 1024;
/** Milliseconds that this may take. */
const MAX_TIME = 30_000;

const discarding = new WeakSet<Socket>();

/** Reads on when an answer is sent before the body of its request has been read: see `discardUnreadBody`. */
export function discardUnreadBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', (request, _reply, payload, next) => {
    discardUnreadBody(request.raw);
    next(null, payload);
  });
}

/**
 * Reads and discards what is left of a request's body. Closing the connection instead would reset it, and a client that
 * is still sending would see a broken pipe instead of the answer. Where the connection ends with the answer, only its
 * sending half ends until the body has been read.
 */
export function discardUnreadBody(request: IncomingMessage): void {
  const { socket } = request;
  if (request.complete || request.readableEnded || request.destroyed || !isSending(request)) return;
  if (discarding.has(socket)) return;
  discarding.add(socket);
  let isClosing = false;
  // What Node calls after the last answer of a connection.
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

/** Whether the answer to the request that the connection carries has been sent before its body was read. */
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
