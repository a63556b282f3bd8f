import { connect } from 'node:net';

/** What came back on a connection, and whether it broke. */
export interface Talk {
  /** All bytes as text: one answer or several. */
  readonly text: string;
  readonly status: number;
  /** The code of the connection's error, such as EPIPE; null for none. */
  readonly error: string | null;
}

/** The head of a request, with `Host`. */
export function head(
  method: string,
  path: string,
  headers: Readonly<Record<string, string | number>>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('')}\r\n`;
}

/** A body in one chunk, as it is sent with `Transfer-Encoding: chunked`. */
export function chunked(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
}

/**
 * Sends bytes on a connection of its own and reads what comes back, until the server closes the
 * connection or, where neither side wants that, the answer is complete.
 *
 * @param reads `at-once`, or `at-last`: only after everything has been written, as simple clients do
 */
export async function talk(
  port: number,
  parts: readonly (string | Buffer)[],
  reads: 'at-once' | 'at-last' = 'at-once',
): Promise<Talk> {
  const closes = /\r\nconnection: close\r\n/i;
  const asksToClose = parts.some((part) => typeof part === 'string' && closes.test(part));
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
        if (isWhole(text) && !asksToClose && !closes.test(text)) finish();
      });
    socket.on('error', (failure: NodeJS.ErrnoException) => (error = failure.code ?? failure.message));
    socket.on('end', finish);
    socket.on('close', finish);
    if (reads === 'at-once') read();
    const write = (index: number): void => {
      const part = parts[index];
      if (part !== undefined) socket.write(part, () => write(index + 1));
      else if (reads === 'at-last') read();
    };
    socket.on('connect', () => write(0));
  });
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2))?.[1] ?? 0);
  return end !== -1 && text.length >= end + 4 + length;
}
