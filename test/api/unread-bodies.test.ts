import { connect, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile, startApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { chunked, exchange, head } from '../support/raw.js';

const ORIGIN = 'https://app.example';
const app = appForFile({ CORS_ORIGINS: ORIGIN });

let port: number;
let reader: TestUser;
let admin: TestUser;
beforeAll(async () => {
  await app.nest.listen(0, '127.0.0.1');
  ({ port } = app.nest.getHttpServer().address() as AddressInfo);
  reader = await app.a.user();
  admin = await app.a.administrator();
});

interface Refused {
  readonly status: number;
  readonly path: () => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly as?: () => TestUser;
}

const json = { 'content-type': 'application/json' };
const lines = { 'content-type': 'application/x-ndjson' };
const form = { 'content-type': 'multipart/form-data; boundary=x' };
const text = { 'content-type': 'text/plain' };
const avatars = () => `/v1/users/${reader.id}/avatars`;

/** Requests that the service rejects before or while it reads their body. */
const REFUSED: Readonly<Record<string, Refused>> = {
  'a picture as base64 that is too long': {
    status: 413,
    path: () => `/user/update-image/${reader.id}`,
    headers: json,
    as: () => reader,
  },
  'a sign-in that is too long': { status: 413, path: () => '/auth/login', headers: json },
  'a form that is too long': { status: 413, path: avatars, headers: form, as: () => reader },
  'a form that is too long, without a credential': { status: 413, path: avatars, headers: form },
  'a sign-in as plain text': { status: 415, path: () => '/auth/login', headers: text },
  'settings as plain text': {
    status: 415,
    path: () => `/users/${reader.id}/save-settings`,
    headers: text,
    as: () => reader,
  },
  'an unknown route with a body that is too long': { status: 413, path: () => '/nowhere', headers: json },
  'a form for another user': {
    status: 403,
    path: () => `/v1/users/${admin.id}/avatars`,
    headers: form,
    as: () => reader,
  },
  'a form without a credential': { status: 401, path: avatars, headers: form },
  'a path that cannot be decoded': { status: 400, path: () => '/%zz', headers: json },
  'headers that are too long': {
    status: 431,
    path: () => '/auth/login',
    headers: { ...json, 'x-long': 'x'.repeat(20_000) },
  },
  'a catalog without a credential': { status: 401, path: () => '/admin/catalog/import', headers: lines },
  'a catalog of a user without the permission': {
    status: 403,
    path: () => '/admin/catalog/import',
    headers: lines,
    as: () => reader,
  },
  'a catalog as plain text': {
    status: 415,
    path: () => '/admin/catalog/import',
    headers: text,
    as: () => admin,
  },
};

const sizeOf = ({ headers, status }: Refused) =>
  // Below the body limit when the test expects another status than 413.
  headers === form && status !== 413 ? 6_000_000 : 8_000_000;
const credentials = ({ as }: Refused): Record<string, string> =>
  as === undefined ? {} : { authorization: `Bearer ${as().accessToken}` };

describe.each(Object.entries(REFUSED))('error responses to %s', (_, refused) => {
  it('delivers the error response to fetch, four times of four', async () => {
    const body = Buffer.alloc(sizeOf(refused), 'x');
    for (let count = 0; count < 4; count++) {
      const answer = await fetch(`http://127.0.0.1:${port}${refused.path()}`, {
        method: 'POST',
        headers: { ...refused.headers, ...credentials(refused), origin: ORIGIN },
        body,
      });
      expect(answer.status).toBe(refused.status);
      expect(await answer.json()).toMatchObject({ code: refused.status });
    }
  });

  it.each(['keeps the connection', 'closes it', 'sends chunks'])(
    'delivers the error response to a client that writes the whole body first and %s, four times of four',
    async (how) => {
      const body = Buffer.alloc(sizeOf(refused), 'x');
      const headers = {
        ...refused.headers,
        ...credentials(refused),
        origin: ORIGIN,
        ...(how === 'closes it' ? { connection: 'close' } : {}),
        ...(how === 'sends chunks' ? { 'transfer-encoding': 'chunked' } : { 'content-length': body.length }),
      };
      for (let count = 0; count < 4; count++) {
        const parts = [head('POST', refused.path(), headers), how === 'sends chunks' ? chunked(body) : body];
        const answer = await exchange(port, parts, 'after writing');
        expect(answer).toMatchObject({ error: null });
        // With chunks the length is not known in advance, so that another check may reject the request first.
        if (!(how === 'sends chunks' && refused.headers === form)) expect(answer.status).toBe(refused.status);
        expect(answer.text.toLowerCase()).toContain(`access-control-allow-origin: ${ORIGIN}`);
      }
    },
  );
});

describe('rejected bodies', () => {
  it('delivers a 413 that is answered while the body is being read', async () => {
    const headers = {
      ...lines,
      authorization: `Bearer ${admin.accessToken}`,
      'transfer-encoding': 'chunked',
    };
    const body = chunked(Buffer.alloc(55_000_000, 'x'));
    const answer = await exchange(
      port,
      [head('POST', '/admin/catalog/import', headers), body],
      'after writing',
    );
    expect(answer).toMatchObject({ status: 413, error: null });
  });

  it('keeps the connection usable for the next request after it rejects a body', async () => {
    const body = Buffer.alloc(6_000_000, 'x');
    const first = head('POST', avatars(), { ...form, 'content-length': body.length });
    const second = head('GET', '/health/live', { connection: 'close' });
    const { text: answers, error } = await exchange(port, [first, body, second], 'after writing');
    expect(error).toBeNull();
    expect(answers.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });

  it('answers 413 to an announced length that is too long, before the body arrives', async () => {
    const request = head('POST', '/auth/login', { ...json, 'content-length': 8_000_000 });
    const status = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      socket.on('data', (chunk) => {
        socket.destroy();
        resolve(chunk.toString().slice(0, 12));
      });
    });
    expect(status).toBe('HTTP/1.1 413');
  });

  it.each([{ connection: 'close' }, {}] as Record<string, string>[])(
    'closes the connection after at most 200 MB of a rejected endless body (headers %j)',
    async (headers) => {
      const chunk = chunked(Buffer.alloc(1_000_000, 'x')).subarray(0, -'0\r\n\r\n'.length);
      let sent = 0;
      await new Promise<void>((resolve) => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
          socket.write(head('POST', '/auth/login', { ...json, ...headers, 'transfer-encoding': 'chunked' }));
          const write = () => {
            sent += chunk.length;
            socket.write(chunk, (error) => (error ? undefined : write()));
          };
          write();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume();
      });
      expect(sent).toBeGreaterThan(64_000_000);
      expect(sent).toBeLessThan(200_000_000);
    },
  );

  it('delivers a 429 to a client that writes the whole body first', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '1' }, app.database);
    await limited.nest.listen(0, '127.0.0.1');
    const { port: to } = limited.nest.getHttpServer().address() as AddressInfo;
    const body = Buffer.alloc(6_000_000, 'x');
    const headers = { ...form, connection: 'close', 'content-length': body.length };
    let last = 0;
    for (let count = 0; count < 5 && last !== 429; count++) {
      const answer = await exchange(to, [head('POST', avatars(), headers), body], 'after writing');
      expect(answer.error).toBeNull();
      last = answer.status;
    }
    expect(last).toBe(429);
    await limited.close();
  });
});

describe('requests that the HTTP parser rejects', () => {
  const long = { 'x-long': 'x'.repeat(300_000) };

  it.each(['immediately', 'after writing'] as const)(
    'delivers a 431 to a client that reads %s',
    async (reads) => {
      for (let count = 0; count < 4; count++) {
        const answer = await exchange(port, [head('GET', '/series', long)], reads);
        expect(answer).toMatchObject({ status: 431, error: null });
        expect(answer.text).toContain('{"data":"Invalid parameters","code":431}');
      }
    },
  );

  it('answers 400 to bytes that are not HTTP and closes the connection', async () => {
    for (const bytes of ['NONSENSE\r\n\r\n', 'GET / HTTP/1.1\r\nA B: c\r\n\r\n', '\u0016\u0003\u0001']) {
      const answer = await exchange(port, [bytes]);
      expect(answer.status).toBe(400);
      expect(answer.text).toMatch(/connection: close/i);
    }
  });
});
