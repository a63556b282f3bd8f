import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ConnectionError } from 'fastify';
import type { Config } from '../config.js';
import { notFound } from './app-error.js';
import { crossOriginHeaders } from './cross-origin.js';
import { renderRawError } from './families.js';
import { isDiscarding, MAX_DISCARDED } from './unread-bodies.js';

/** Milliseconds for which input after an unreadable request is discarded, so that the client can read the answer. */
const MAX_TIME = 5_000;

/**
 * Answers requests that the HTTP parser rejects or that time out: 431 for headers beyond the parser's limit, else 400.
 * Then the connection is closed.
 */
export function answerClientErrors(config: Config): (error: ConnectionError, socket: Socket) => void {
  /** How many bytes each connection had received when its error was answered. */
  const answered = new WeakMap<Socket, number>();
  return (error, socket) => {
    const received = answered.get(socket);
    if (received !== undefined) {
      // The parser reports an error for each later chunk.
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

/** Answers CONNECT, for which Node emits no request, as an unknown method. Then the connection is closed. */
export function answerConnect(
  config: Config,
  securityHeaders: Readonly<Record<string, string>>,
): (request: IncomingMessage, socket: Duplex) => void {
  return ({ headers, url = '' }, socket) => {
    socket.on('error', () => socket.destroy());
    // An answer to an earlier request of the connection is not complete.
    if (currentResponse(socket as Socket) !== null) return void socket.destroy();
    const { status, message } = notFound;
    const cors = crossOriginHeaders(config, headers.origin, url);
    socket.write(renderRawError(status, message, { ...securityHeaders, ...cors }));
    socket.resume();
    closeLater(socket as Socket);
  };
}

/** The response in progress on the connection. Node's own `clientError` handler reads the same field. */
function currentResponse(socket: Socket): ServerResponse | null {
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? null;
}

/** The `Origin` header of a rejected request, if the last packet contains it. */
function originIn(packet: unknown): string | undefined {
  if (!Buffer.isBuffer(packet)) return undefined;
  const lines = packet.toString('latin1').matchAll(/\r\norigin:[ \t]*([^\r\n]*?)[ \t]*\r\n/gi);
  return [...lines].at(-1)?.[1];
}

/** Half-closes a connection, and closes it when the client has closed its half, or after `MAX_TIME`. */
function closeLater(socket: Socket): void {
  socket.end();
  const timer = setTimeout(() => socket.destroy(), MAX_TIME);
  timer.unref();
  socket.once('end', () => socket.destroy());
  socket.once('close', () => clearTimeout(timer));
}
