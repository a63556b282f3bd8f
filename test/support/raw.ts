import { connect } from 'node:net';

/** All that a connection received, and its error. */
export interface Exchange {
  /** All bytes as text: one or more responses. */
  readonly text: string;
  readonly status: number;
  /** Code of the connection's error, such as EPIPE, or null. */
  readonly error: string | null;
}

/** Request line and headers of a request. */
export function head(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`;
}

/** A body as one chunk of `Transfer-Encoding: chunked`. */
export function chunked(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

/**
 * Sends bytes on a new connection and reads until the server closes it or, if neither side has sent
 * `Connection: close`, until the response is complete.
 *
 * @param reads `immediately`, or `after writing`: only after all bytes are written, as simple clients do
 */
export async function exchange(
  port: number,
  parts: readonly (string | Buffer)[],
  reads: 'immediately' | 'after writing' = 'immediately',
): Promise<Exchange> {
  const closes = /\r\nconnection: close\r\n/i;
  const requestsClose = parts.some((part) => typeof part === 'string' && closes.test(part));
  return new Promise((resolve) => {
    let text = '';
    let error: string | null = null;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const finish = () => {
      socket.destroy();
      resolve({ text, status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), error });
    };
    const read = () =>
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (isWhole(text) && !requestsClose && !closes.test(text)) finish();
      });
    socket.on('error', (failure: NodeJS.ErrnoException) => (error = failure.code ?? failure.message));
    socket.on('end', finish);
    socket.on('close', finish);
    if (reads === 'immediately') read();
    const write = (index: number): void => {
      const part = parts[index];
      if (part !== undefined) socket.write(part, () => write(index + 1));
      else if (reads === 'after writing') read();
    };
    socket.on('connect', () => write(0));
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2))?.[1] ?? 0);
  return end !== -1 && text.length >= end + 4 + length;
}
