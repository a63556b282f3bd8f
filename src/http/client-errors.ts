import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ConnectionError } from 'fastify';
import type { Config } from '../config.js';
import { crossOriginHeaders } from './cross-origin.js';
import { renderRawError } from './families.js';
import { isDiscarding, MAX_DISCARDED } from './unread-bodies.js';

/** Milliseconds for which what follows an unreadable request is discarded, so that its sender gets to read the answer. */
const MAX_TIME = 5_000;

/**
 * Answers what never becomes a request, or not in time: 431 for headers beyond the parser's limit, else 400. Then the
 * connection is closed.
 */
export function answerClientErrors(config: Config): (error: ConnectionError, socket: Socket) => void {
  /** How many bytes each connection had received when its error was answered. */
  const answered = new WeakMap<Socket, number>();
  return (error, socket) => {
    const received = answered.get(socket);
    if (received !== undefined) {
      // The parser fails again for whatever follows.
      if (socket.bytesRead - received > MAX_DISCARDED) socket.destroy();
      return;
    }
    const response = currentResponse(socket);
    const cannotAnswer = !socket.writable || response?.headersSent || isDiscarding(socket);
    if (cannotAnswer || error.code === 'ECONNRESET') return void socket.destroy();
    answered.set(socket, socket.bytesRead);
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
    const origin = response?.req.headers.origin ?? originIn(error.rawPacket);
    const headers = crossOriginHeaders(config, origin, response?.req.url ?? '');
    socket.write(renderRawError(status, 'Invalid parameters', headers));
    const maySend = error.code.startsWith('HPE_') && !socket.readableEnded;
    if (maySend) closeLater(socket);
    else socket.destroySoon();
  };
}

/** The response that the connection is busy with; Node's own handler of these errors looks at it, too. */
function currentResponse(socket: Socket): ServerResponse | null {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

/** The `Origin` among headers that the parser has refused, if it was in the bytes that came last. */
function originIn(packet: unknown): string | undefined {
  if (!Buffer.isBuffer(packet)) return undefined;
  const lines = packet.toString('latin1').matchAll(/\r\norigin:[ \t]*([^\r\n]*?)[ \t]*\r\n/gi);
  return [...lines].at(-1)?.[1];
}

/** Ends the sending half of a connection, and closes it when the client has ended the other one, or after a while. */
function closeLater(socket: Socket): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), MAX_TIME);
  timer.unref();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}
