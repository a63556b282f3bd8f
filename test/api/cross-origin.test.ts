import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LoadMonitor } from '../../src/limits/load-shedding.js';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import { form } from '../support/forms.js';

const ORIGIN = 'https://app.example';
const SHELLS = [
  'capacitor://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
];
const app = appForFile({ CORS_ORIGINS: [ORIGIN, ...SHELLS].join(',') });

let port: number;
beforeAll(async () => {
  await app.nest.listen(0, '127.0.0.1');
  ({ port } = app.nest.getHttpServer().address() as AddressInfo);
});

/** Sends raw bytes. @returns all bytes that the server sends until it closes the connection */
const sendRaw = (bytes: string | Buffer, to = port) =>
  new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(to, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
const picture = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, { method, headers, redirect: 'manual' });
const allowed = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' };

describe('CORS headers', () => {
  it.each([
    ['GET', '/series', 200],
    ['GET', '/nowhere', 404],
    ['GET', '/%zz', 400],
    ['GET', '/users/current', 401],
    ['GET', '/admin/users', 401],
    ['GET', '/series?limit=0', 400],
    ['PATCH', '/series', 404],
  ])('sends CORS headers to a listed origin for %s %s', async (method, path, status) => {
    const answer = await get(path, { origin: ORIGIN }, method);
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(answer.headers)).toMatchObject(allowed);
    expect(answer.headers.get('vary')).toContain('Origin');
    expect(answer.headers.get('access-control-expose-headers')).toBe(
      'retry-after, ratelimit, ratelimit-policy, etag, location, idempotency-replayed, content-disposition',
    );
  });

  it.each([
    'https://evil.example',
    'null',
    'https://app.example.evil',
    'https://app.example:444',
    'http://app.example',
  ])('sends no CORS headers to the origin %s, which is not listed', async (origin) => {
    const { headers } = await get('/series', { origin });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(SHELLS)('sends CORS headers to the listed app shell %s and accepts its cookie', async (origin) => {
    const { headers } = await get('/series', { origin });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    const reader = await app.a.user();
    const changed = await app.client
      .withCookie(reader)
      .with({ origin })
      .post(`/users/${reader.id}/save-settings`, { theme: 'dark' });
    expect(changed.status).toBe(200);
  });

  it('sends CORS headers with the 431 for request headers that are too long', async () => {
    const request = `GET /series HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nX-Long: ${'x'.repeat(20_000)}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(request);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
    expect(answer).toContain('{"data":"Invalid parameters","code":431}');
    expect(await sendRaw('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ['417', 'an unknown expectation', 'GET /series', 'Expect: 200-ok\r\n', 'Expectation failed'],
    [
      '417',
      'one with a body',
      'POST /auth/login',
      'Expect: x\r\nContent-Length: 2\r\n',
      'Expectation failed',
    ],
    ['404', 'CONNECT with a path', 'CONNECT /x', '', 'Not found'],
    ['404', 'CONNECT with an authority', 'CONNECT example.org:443', '', 'Not found'],
  ])('answers %s with all headers to %s', async (status, _, line, headers, data) => {
    const answer = await sendRaw(
      `${line} HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\n${headers}Connection: close\r\n\r\n${/Length/.test(headers) ? '{}' : ''}`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}\r\n`);
    expect(answer).toContain('x-content-type-options: nosniff\r\n');
    expect(answer).toMatch(/cache-control: no-store\r\n/i);
    expect(answer).toContain(`\r\n\r\n${JSON.stringify({ data, code: Number(status) })}`);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `A${index}: b\r\n`).join('');
  it.each([
    ['one header of 100,000 bytes', '/series', `X-Long: ${'x'.repeat(100_000)}\r\nOrigin: ${ORIGIN}\r\n`],
    [
      'a cookie of 60,000 bytes after the origin',
      '/series',
      `Origin: ${ORIGIN}\r\nCookie: a=${'x'.repeat(60_000)}\r\n`,
    ],
    ['1,500 headers', '/series', `Origin: ${ORIGIN}\r\n${many(1500)}`],
    ['a path of 20,000 characters', `/series/${'1'.repeat(20_000)}`, `Origin: ${ORIGIN}\r\n`],
    ['a query of 20,000 characters', `/series?search=${'a'.repeat(20_000)}`, `Origin: ${ORIGIN}\r\n`],
    [
      'a path of 20,000 characters that cannot be decoded',
      `/%zz${'1'.repeat(20_000)}`,
      `Origin: ${ORIGIN}\r\n`,
    ],
  ])('sends CORS headers with the 431 for %s', async (_, path, headers) => {
    const answer = await sendRaw(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
    expect(answer).toContain('{"data":"Invalid parameters","code":431}');
  });

  it('sends CORS headers with the 503 that it answers while it stops', async () => {
    const stopping = await startApp({ CORS_ORIGINS: ORIGIN }, app.database);
    await stopping.nest.listen(0, '127.0.0.1');
    const { port: to } = stopping.nest.getHttpServer().address() as AddressInfo;
    const fastify = stopping.nest.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    // This client connects first and sends its request only after the service has begun to stop.
    const socket = connect(to, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    const ended = new Promise((resolve) => socket.once('close', resolve));
    const closed = fastify.close();
    socket.write(`GET /series HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\n\r\n`);
    await ended;
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).toContain(`access-control-allow-origin: ${ORIGIN}`);
    expect(text).toMatch(/\r\nretry-after: \d+\r\n/);
    expect(text).toContain('{"data":"Service unavailable","code":503}');
    await stopping.close();
  });

  it('sends Vary: Origin with cacheable responses', async () => {
    for (const path of ['/openapi.json', '/series', '/docs/assets/swagger-ui.css']) {
      const vary = (await get(path, { origin: ORIGIN })).headers.get('vary') ?? '';
      expect(vary.toLowerCase().split(/, */), path).toContain('origin');
    }
  });

  it('sends CORS headers with a 429, and does not count preflights against the request limit', async () => {
    const limited = await startApp(
      { CORS_ORIGINS: ORIGIN, RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '5' },
      app.database,
    );
    const client = limited.client.with({ origin: ORIGIN });
    const preflight = () =>
      limited.nest.inject({
        method: 'OPTIONS',
        url: '/users/current',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization,content-type,sentry-trace,baggage',
        },
      });
    for (let count = 0; count < 10; count++) expect((await preflight()).statusCode).toBe(204);
    let refused = await client.get('/series');
    for (let count = 0; count < 12 && refused.status !== 429; count++) refused = await client.get('/series');
    expect(refused.status).toBe(429);
    expect(refused.headers).toMatchObject(allowed);
    const after = await preflight();
    expect(after.statusCode).toBe(204);
    expect(after.headers).toMatchObject(allowed);
    await limited.close();
  });

  it('sends CORS headers with the 503 of an overloaded node, which still answers preflights', async () => {
    const busy = await startApp({ CORS_ORIGINS: ORIGIN, SHED_LOAD: 'on' }, app.database);
    const overloaded = vi.spyOn(busy.nest.get(LoadMonitor), 'isOverloaded').mockReturnValue(true);
    const refused = await busy.client.with({ origin: ORIGIN }).get('/series');
    expect(refused).toMatchObject({ status: 503, headers: allowed });
    const preflight = await busy.nest.inject({
      method: 'OPTIONS',
      url: '/series',
      headers: { origin: ORIGIN, 'access-control-request-method': 'GET' },
    });
    expect(preflight.statusCode).toBe(204);
    overloaded.mockRestore();
    await busy.close();
  });
});

describe('CORS preflights', () => {
  it.each([
    'authorization,content-type,sentry-trace,baggage',
    'x-requested-with',
    'if-match,if-none-match,idempotency-key,last-event-id,prefer,traceparent,tracestate',
  ])('allows a listed origin to send the request headers %s', async (asked) => {
    for (const path of ['/users/current', '/nowhere', '/user/reading-status/add/1', '/%zz', '/metrics']) {
      const answer = await get(
        path,
        { origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': asked },
        'OPTIONS',
      );
      expect(answer.status).toBe(204);
      const headers = (answer.headers.get('access-control-allow-headers') ?? '').split(', ');
      for (const name of asked.split(',')) expect(headers).toContain(name);
      expect(answer.headers.get('access-control-allow-methods')).toContain('PATCH');
    }
  });

  it('allows nothing in a preflight of an origin that is not listed, and answers 404 to other OPTIONS requests', async () => {
    const foreign = await get(
      '/series',
      { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    );
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    expect(foreign.headers.get('access-control-allow-headers')).toBeNull();
    expect((await get('/series', {}, 'OPTIONS')).status).toBe(404);
  });
});

describe('unknown methods', () => {
  it.each(['PROPFIND', 'TRACE', 'QUERY', 'LOCK', 'PURGE'])(
    'answers 404 with CORS headers to the unknown method %s',
    async (method) => {
      const answer = await sendRaw(
        `${method} /series HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
    },
  );
});

describe('GET and HEAD of pictures', () => {
  it('allows every origin to read pictures, and answers HEAD like GET without a body', async () => {
    const reader = await app.a.user();
    const bytes = await picture();
    const avatar = await app.client
      .as(reader)
      .post(`/v1/users/${reader.id}/avatars`, undefined, form([{ filename: 'a.png', bytes }]));
    const path = new URL(avatar.body.versions['30x30'].url).pathname;
    for (const headers of [{}, { origin: 'https://evil.example' }, { origin: ORIGIN }]) {
      const shown = await get(path, headers as Record<string, string>);
      expect(shown.headers.get('access-control-allow-origin')).toBe('*');
    }
    for (const url of [
      path,
      `/user/avatar/${reader.id}/30x30`,
      '/health/live',
      '/health/ready',
      '/docs',
      '/openapi.json',
    ]) {
      const [full, head] = [await get(url), await get(url, {}, 'HEAD')];
      expect(head.status, url).toBe(full.status);
      expect(await head.text()).toBe('');
      for (const name of ['content-type', 'etag', 'cache-control', 'location'])
        expect(head.headers.get(name), `${url} ${name}`).toBe(full.headers.get(name));
    }
    expect((await get(path, {}, 'HEAD')).headers.get('content-length')).toBe(
      (await get(path)).headers.get('content-length'),
    );
  });

  it.each([
    '/series',
    '/users/current',
    '/metrics',
    '/api/4/UploadImage/DeleteUserPhoto',
    '/auth/me',
    '/docs/assets/swagger-ui.css',
    '/user/reading-history',
    '/profiles/x',
  ])('answers 404 to HEAD %s, which is not one of the routes with HEAD', async (path) => {
    expect((await get(path, {}, 'HEAD')).status).toBe(404);
  });
});

describe('HEAD', () => {
  it('answers HEAD with the status and headers of GET for conditional requests, ranges and errors', async () => {
    const reader = await app.a.user();
    const bytes = await picture();
    const avatar = await app.client
      .as(reader)
      .post(`/v1/users/${reader.id}/avatars`, undefined, form([{ filename: 'a.png', bytes }]));
    const path = new URL(avatar.body.versions.full.url).pathname;
    const etag = (await get(path)).headers.get('etag') ?? '';
    const requests: [string, Record<string, string>, number][] = [
      [path, { 'if-none-match': etag }, 304],
      [path, { range: 'bytes=0-9' }, 206],
      [path, { range: 'bytes=999999-' }, 416],
      [`/images/default/${reader.id}/30x30`, {}, 200],
      ['/images/avatars/1/nothing/full.png', {}, 404],
      ['/images/nothing', {}, 404],
      [`/user/avatar/${reader.id}/nothing`, {}, 400],
      ['/user/avatar/x/full', {}, 400],
      ['/openapi.json', { 'accept-encoding': 'gzip' }, 200],
      ['/openapi.json', { 'if-none-match': '*' }, 304],
    ];
    for (const [url, headers, status] of requests) {
      const [full, head] = [await get(url, headers), await get(url, headers, 'HEAD')];
      expect([full.status, head.status], url).toEqual([status, status]);
      expect(await head.text(), url).toBe('');
      for (const name of ['content-length', 'content-type', 'content-range', 'etag', 'cache-control'])
        expect(head.headers.get(name), `${url} ${name}`).toBe(full.headers.get(name));
    }
  });

  it('serves HEAD on a fixed list of routes', () => {
    const routes = app.routes.filter((route) => route.startsWith('HEAD '));
    expect(new Set(routes)).toEqual(
      new Set([
        'HEAD /health/live',
        'HEAD /health/ready',
        'HEAD /images/avatars/:id/:hash/:file',
        'HEAD /images/photos/:token/:file',
        'HEAD /images/default/:id/:size',
        'HEAD /user/avatar/:id/:size',
        'HEAD /docs',
        'HEAD /dashboard',
        'HEAD /dashboard/*',
        'HEAD /openapi.json',
      ]),
    );
  });

  it('answers 404 to HEAD of the route whose GET deletes a photo, and deletes nothing', async () => {
    const admin = app.client.as(await app.a.administrator());
    const website = (await admin.post('/admin/clients', { name: 'Head', scopes: ['photos:delete'] })).body;
    const reader = await app.a.user();
    const bytes = await picture();
    const parts = [
      { name: 'client', bytes: String(website.id) },
      { filename: 'a.png', bytes },
    ];
    const photo = await app.client.as(reader).post(`/v1/users/${reader.id}/photos`, undefined, form(parts));
    expect(photo.status).toBe(201);
    const path = `/api/4/UploadImage/DeleteUserPhoto?userId=${reader.id}&photoId=${photo.body.id}`;
    const headers = { websiteId: String(website.id), webApiClientKey: website.key };
    expect((await get(path, headers, 'HEAD')).status).toBe(404);
    expect((await app.client.as(reader).get(`/v1/users/${reader.id}/photos`)).body.total).toBe(1);
    expect((await get(path, headers)).status).toBe(200);
  });
});

describe('PUBLIC_URL with a path', () => {
  let behind: TestApp;
  beforeAll(async () => {
    behind = await startApp({ PUBLIC_URL: 'https://h.example/tankobon/' }, app.database);
  });
  afterAll(async () => behind.close());

  it('starts every URL and cookie path that the service writes with PUBLIC_URL', async () => {
    const page = await behind.client.get('/docs');
    expect(page.text).toContain('"/tankobon/docs/assets/swagger-ui.css"');
    expect(page.text).toContain('"/tankobon/openapi.json"');
    expect((await behind.client.get('/docs/assets/start.js')).text).toContain("'/tankobon/openapi.json'");
    expect((await behind.client.get('/openapi.json')).body.servers).toEqual([
      expect.objectContaining({ url: 'https://h.example/tankobon' }),
    ]);
    const registered = await behind.client.post('/auth/register', {
      username: 'path-reader',
      password: 'correct horse battery',
    });
    expect(registered.headers['set-cookie']).toMatch(/; Path=\/tankobon; .*Secure/);
    const { headers } = await behind.client.get(`/user/avatar/${registered.body.user.id}/full`);
    expect(headers['location']).toMatch(/^https:\/\/h\.example\/tankobon\/images\//);
  });
});

describe('WWW-Authenticate', () => {
  it('names invalid_token in WWW-Authenticate only when the request had a Bearer token', async () => {
    const dead = await app.client.with({ authorization: 'Bearer dead' }).get('/series');
    expect(dead).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    const none = await app.client.get('/users/current');
    expect(none).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });
});
