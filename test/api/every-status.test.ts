import { afterEach, describe, expect, it, vi } from 'vitest';
import { Sql } from '../../src/database/sql.js';
import { Transactions } from '../../src/database/transactions.js';
import { LoadMonitor } from '../../src/limits/load-shedding.js';
import { RequestLimit } from '../../src/limits/request-limit.js';
import { ImageStore } from '../../src/images/image-store.js';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { cloneDatabase } from '../support/database.js';
import { type DocumentedOperation, operations } from '../support/document.js';
import { form } from '../support/forms.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const app = appForFile();

/** The operations that document a status. */
const operationsDocumenting = (status: number) =>
  operations.filter(({ responses }) => String(status) in responses);
const isFamilyD = ({ operationId }: DocumentedOperation) => operationId === 'deleteUserPhoto';
const isProbe = ({ operationId }: DocumentedOperation) => /^(health|metrics)/.test(operationId);
/** Pictures and the configuration are served without the database; the providers of the examples do not exist. */
const needsNoDatabase = ({ operationId }: DocumentedOperation) =>
  /^(imagesGet|healthLive|metrics|authProviders|authOidc)/.test(operationId);

/** The request that the examples of the document describe, with the secret where it is the credential. */
function example(operation: DocumentedOperation): { url: string; body?: unknown; options: object } {
  let url = operation.path;
  for (const { in: place, name, required, example: value } of operation.parameters ?? []) {
    const text = encodeURIComponent(String(value));
    if (place === 'path') url = url.replace(`{${name}}`, text);
    else if (place === 'query' && (required || name === 'token'))
      url += `${url.includes('?') ? '&' : '?'}${name}=${text}`;
  }
  const content = operation.requestBody?.content ?? {};
  if ('multipart/form-data' in content) {
    return { url, options: form([{ filename: 'a.png', bytes: 'x' }]) };
  }
  if ('application/x-ndjson' in content) {
    return { url, options: { raw: '{}', headers: { 'content-type': 'application/x-ndjson' } } };
  }
  return { url, body: content['application/json']?.['example'], options: {} };
}

async function send(
  of: TestApp,
  operation: DocumentedOperation,
  user?: TestUser,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { url, body, options } = example(operation);
  const onlyCookie = operation.security.length === 1 && 'cookie' in (operation.security[0] as object);
  const signedIn = user ? (onlyCookie ? of.client.withCookie(user) : of.client.as(user)) : of.client;
  return signedIn.with(headers).send(operation.method, url, body, options);
}

/** Freezes the clock of the request limit at the start of a window, so that no window ends during a test. */
function freezeClockAtMinuteStart(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 60_000) * 60_000 });
}

const answer = (status: number, data: string) => ({ status, body: { data, code: status } });

afterEach(() => {
  vi.useRealTimers();
});

describe('the documented errors of every operation', () => {
  it('answers 401 to an invalid Bearer token on every operation that documents 401', async () => {
    for (const operation of operationsDocumenting(401)) {
      if (isFamilyD(operation)) continue;
      const headers = { authorization: 'Bearer x' };
      const refused = await send(app, operation, undefined, headers);
      const needsPassword = operation.operationId === 'authLogin';
      expect(refused, operation.operationId).toMatchObject(
        answer(401, needsPassword ? 'Invalid credentials' : 'Unauthorized'),
      );
    }
  });

  it('answers 404 User not found to a valid token whose user has been deleted', async () => {
    const gone = await app.a.user();
    expect((await app.client.as(gone).delete('/users/current')).status).toBe(204);
    for (const operation of operationsDocumenting(404)) {
      const looksAtCredentials = operation.security.length > 0 && !isFamilyD(operation);
      if (!looksAtCredentials) continue;
      expect(await send(app, operation, gone), operation.operationId).toMatchObject(
        answer(404, 'User not found'),
      );
    }
  });

  it('answers 403 Account suspended to every credential of a suspended user on every operation that reads it', async () => {
    const suspended = await app.a.administrator();
    const created = await app.client.as(suspended).post('/auth/tokens', { name: 'Widget', scopes: ['read'] });
    expect(created.status, created.text).toBe(201);
    await app.database.query('update users set suspended = true where id = $1', [suspended.id]);
    /** The headers of each credential, by the scheme of the document. */
    const credentials: Readonly<Record<string, readonly Record<string, string>[]>> = {
      bearer: [suspended.accessToken, String(created.body.token)].map((token) => ({
        authorization: `Bearer ${token}`,
      })),
      cookie: [{ cookie: `refreshToken=${suspended.cookie}` }],
    };
    for (const operation of operations) {
      if (isFamilyD(operation)) continue;
      for (const scheme of operation.security.flatMap((one) => Object.keys(one))) {
        const headers = credentials[scheme] ?? [];
        expect(headers, `the scheme ${scheme} has a credential`).not.toEqual([]);
        for (const one of headers) {
          const refused = await send(app, operation, undefined, one);
          expect(refused, `${operation.operationId} by ${JSON.stringify(one)}`).toMatchObject(
            answer(403, 'Account suspended'),
          );
        }
      }
    }
    await app.database.query('update users set suspended = false where id = $1', [suspended.id]);
    expect((await app.client.as(suspended).get('/auth/me')).status).toBe(200);
  });

  it('answers 403 to a changing request of a foreign origin that has the cookie of an administrator', async () => {
    const admin = await app.a.administrator();
    const headers = { cookie: `refreshToken=${admin.cookie}`, origin: 'https://evil.example' };
    for (const operation of operationsDocumenting(403)) {
      const byCookie = operation.security.some((scheme) => 'cookie' in scheme);
      if (!byCookie || operation.method === 'GET') continue;
      expect(await send(app, operation, undefined, headers), operation.operationId).toMatchObject(
        answer(403, 'Forbidden'),
      );
    }
    expect((await app.client.withCookie(admin).get('/auth/me')).status).toBe(200);
  });

  it('answers 403 to a user without permissions on every administrative operation', async () => {
    const reader = await app.a.user();
    for (const operation of operations.filter(({ path }) => path.startsWith('/admin'))) {
      expect(await send(app, operation, reader), operation.operationId).toMatchObject(
        answer(403, 'Forbidden'),
      );
    }
  });

  it('answers 413 to a body that is too long and 415 to a content type that the operation does not accept', async () => {
    const admin = await app.a.administrator();
    const client = app.client.as(admin);
    const long = Buffer.alloc(7_400_000, 'x');
    const longer = Buffer.alloc(20_100_000, 'x');
    for (const operation of operationsDocumenting(413)) {
      const { url, options } = example(operation);
      const type = (options as { headers?: Record<string, string> }).headers?.['content-type'];
      if (type === 'application/x-ndjson') continue;
      const headers = { 'content-type': type ?? 'application/json' };
      const raw = operation.operationId === 'importsCreate' ? longer : long;
      const refused = await client.send(operation.method, url, undefined, { raw, headers });
      expect(refused, operation.operationId).toMatchObject(answer(413, 'Payload too large'));
    }
    for (const operation of operationsDocumenting(415)) {
      const { url } = example(operation);
      const headers = { 'content-type': 'text/plain' };
      const refused = await client.send(operation.method, url, undefined, { raw: 'a=b', headers });
      expect(refused, operation.operationId).toMatchObject(answer(415, 'Unsupported media type'));
    }
    expect((await client.get('/auth/me')).status).toBe(200);
  });

  it('answers 400 to malformed JSON, paths and limits', async () => {
    const admin = await app.a.administrator();
    const client = app.client.as(admin);
    const invalid = answer(400, 'Invalid parameters');
    for (const operation of operationsDocumenting(400)) {
      const { url, options } = example(operation);
      const { operationId, method } = operation;
      if (isFamilyD(operation)) continue;
      if (method === 'GET') {
        const broken = /\{/.test(operation.path)
          ? url.replace(/[^/]+$/, '%ff')
          : `${url}${url.includes('?') ? '&' : '?'}limit=0`;
        const refused = await client.get(broken);
        if (refused.status === 404) continue;
        const hasLimit =
          operation.parameters?.some(({ name }) => name === 'limit') || /\{/.test(operation.path);
        if (hasLimit) expect(refused, operationId).toMatchObject(invalid);
      } else if (!('raw' in options)) {
        const headers = { 'content-type': 'application/json' };
        const onlyCookie = operation.security.length === 1 && 'cookie' in (operation.security[0] as object);
        const sender = onlyCookie ? app.client.withCookie(admin) : client;
        expect(await sender.send(method, url, undefined, { raw: '{', headers }), operationId).toMatchObject(
          invalid,
        );
      }
    }
  });

  it('answers 500 without details to an unexpected error', async () => {
    const admin = await app.a.administrator();
    const failure = new Error('secret detail');
    const spies = [
      vi.spyOn(app.nest.get(Sql), 'rows').mockRejectedValue(failure),
      vi.spyOn(app.nest.get(Transactions), 'run').mockRejectedValue(failure),
      vi.spyOn(app.nest.get(ImageStore), 'open').mockRejectedValue(failure),
    ];
    try {
      for (const operation of operationsDocumenting(500)) {
        if (/^(healthLive|metricsGet|imagesGetDefault|authProviders|authOidc)/.test(operation.operationId))
          continue;
        if (isFamilyD(operation)) continue;
        const failed = await send(app, operation, admin);
        expect(failed, operation.operationId).toMatchObject(answer(500, 'Internal server error'));
        expect(failed.text).not.toContain('secret');
      }
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect((await app.client.as(admin).get('/auth/me')).status).toBe(200);
  });

  it('answers 507 to every change while the disk of the database is full', async () => {
    const admin = await app.a.administrator();
    const failure = Object.assign(new Error('could not extend file'), { code: '53100' });
    const spies = [
      vi.spyOn(app.nest.get(Sql), 'rows').mockRejectedValue(failure),
      vi.spyOn(app.nest.get(Transactions), 'run').mockRejectedValue(failure),
    ];
    try {
      const changes = operationsDocumenting(507);
      expect(changes.map(({ method }) => method)).not.toContain('GET');
      for (const operation of changes) {
        const refused = await send(app, operation, admin);
        expect(refused, operation.operationId).toMatchObject(answer(507, 'Insufficient storage'));
      }
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect((await app.client.as(admin).get('/auth/me')).status).toBe(200);
  });

  it('answers 503 with Retry-After while the database is unreachable, and recovers with it', async () => {
    const database = await cloneDatabase();
    const proxy = await TcpProxy.toDatabase(database.url);
    const behind = await startApp(
      {},
      {
        ...database,
        url: proxy.through(database.url),
        requestUrl: proxy.through(database.url),
      },
    );
    const admin = await behind.a.administrator();
    await proxy.close();
    for (const operation of operationsDocumenting(503)) {
      if (needsNoDatabase(operation) || isFamilyD(operation)) continue;
      const refused = await send(behind, operation, admin);
      expect(refused, operation.operationId).toMatchObject(answer(503, 'Service unavailable'));
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    }
    expect((await behind.client.get('/health/live')).status).toBe(200);
    await proxy.open();
    expect((await behind.client.as(admin).get('/auth/me')).status).toBe(200);
    expect((await behind.client.get('/health/ready')).status).toBe(200);
    await behind.close();
    await proxy.close();
    await database.drop();
  });

  it('answers 503 with Retry-After while the node is overloaded, except for the probes', async () => {
    const busy = await startApp({ SHED_LOAD: 'on' }, app.database);
    const overloaded = vi.spyOn(busy.nest.get(LoadMonitor), 'isOverloaded').mockReturnValue(true);
    for (const operation of operations) {
      const answered = await send(busy, operation);
      if (isProbe(operation)) expect(answered.status, operation.operationId).toBe(200);
      else {
        expect(answered.status, operation.operationId).toBe(503);
        expect(Number(answered.headers['retry-after'])).toBeGreaterThan(0);
      }
    }
    overloaded.mockRestore();
    await busy.close();
  });

  it('answers 503 when the event loop lags, except for the probes', async () => {
    const busy = await startApp({ SHED_LOAD: 'on' }, app.database);
    const block = (milliseconds: number) => {
      for (const end = Date.now() + milliseconds; Date.now() < end;);
    };
    // The service measures the event loop delay once a second, over the past second.
    await expect
      .poll(
        async () => {
          for (let slice = 0; slice < 5; slice++) {
            block(400);
            await new Promise((resolve) => setImmediate(resolve));
          }
          return (await busy.client.get('/series')).status;
        },
        { timeout: 60_000, interval: 0 },
      )
      .toBe(503);
    expect((await busy.client.get('/health/live')).status).toBe(200);
    await busy.close();
  });

  it('answers 429 with Retry-After beyond the request limit, which the RateLimit headers announce', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '2' }, app.database);
    freezeClockAtMinuteStart();
    const first = await limited.client.get('/series');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"requests";q=2;w=60',
      ratelimit: expect.stringMatching(/^"requests";r=1;t=\d+$/),
    });
    expect((await limited.client.get('/series')).headers.ratelimit).toMatch(/;r=0;/);
    for (const operation of operationsDocumenting(429)) {
      const refused = await send(limited, operation);
      expect(refused.status, operation.operationId).toBe(429);
      const left = Number(/t=(\d+)$/.exec(String(refused.headers['ratelimit']))?.[1]);
      expect(Number(refused.headers['retry-after'])).toBe(left);
    }
    // Requests with a valid token count for the user, not for the address.
    const reader = await app.a.user();
    expect((await limited.client.as(reader).get('/auth/me')).status).toBe(200);
    // Requests with a forged token count for the address.
    const forged = { authorization: `Bearer ${reader.accessToken.slice(0, -2)}xx` };
    expect((await limited.client.with(forged).get('/auth/me')).status).toBe(429);
    expect((await limited.client.get('/health/live')).status).toBe(200);
    await limited.close();
  });

  it('counts requests against one limit that all nodes share', async () => {
    const nodes = await Promise.all(
      [1, 2].map(() => startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '10' }, app.database)),
    );
    const reader = await app.a.user();
    freezeClockAtMinuteStart();
    let allowed = 0;
    for (let round = 0; round < 10; round++) {
      for (const node of nodes) {
        if ((await node.client.as(reader).get('/auth/me')).status === 200) allowed++;
        // In production, every node does this once a second.
        await node.nest.get(RequestLimit).sync();
      }
    }
    // Each node learns the other node's count only at the next synchronization, so a few more are allowed.
    expect(allowed).toBeGreaterThanOrEqual(10);
    expect(allowed).toBeLessThanOrEqual(14);
    for (const node of nodes) await node.close();
  });
});
