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

/** Everything that the server answers to raw bytes before it closes the connection. */
const talk = (bytes: string | Buffer, to = port) =>
  new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(to, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
  });
/** A small PNG. */
const picture = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`http://127.0.0.1:${port}${path}`, { method, headers, redirect: 'manual' });
const allowed = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' };

describe('answers to a listed origin', () => {
  it.each([
    ['GET', '/series', 200],
    ['GET', '/nowhere', 404],
    ['GET', '/%zz', 400],
    ['GET', '/users/current', 401],
    ['GET', '/admin/users', 401],
    ['GET', '/series?limit=0', 400],
    ['PATCH', '/series', 404],
  ])('%s %s carry the CORS headers', async (method, path, status) => {
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
  ])('are not those to %s', async (origin) => {
    const { headers } = await get('/series', { origin });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each(SHELLS)('may be those to the app shell %s', async (origin) => {
    const { headers } = await get('/series', { origin });
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    const reader = await app.a.user();
    const changed = await app.client
      .withCookie(reader)
      .with({ origin })
      .post(`/users/${reader.id}/save-settings`, { theme: 'dark' });
    expect(changed.status).toBe(200);
  });

  it('carry the CORS headers when their headers are too long', async () => {
    const request = `GET /series HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nX-Long: ${'x'.repeat(20_000)}\r\nConnection: close\r\n\r\n`;
    const answer = await talk(request);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
    expect(answer).toContain('{"data":"Invalid parameters","code":431}');
    expect(await talk('NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `A${index}: b\r\n`).join('');
  it.each([
    ['one header of 100,000 bytes', '/series', `X-Long: ${'x'.repeat(100_000)}\r\nOrigin: ${ORIGIN}\r\n`],
    ['a cookie after the origin', '/series', `Origin: ${ORIGIN}\r\nCookie: a=${'x'.repeat(60_000)}\r\n`],
    ['1,500 headers', '/series', `Origin: ${ORIGIN}\r\n${many(1500)}`],
    ['a path of 20,000 characters', `/series/${'1'.repeat(20_000)}`, `Origin: ${ORIGIN}\r\n`],
    ['a query of 20,000 characters', `/series?search=${'a'.repeat(20_000)}`, `Origin: ${ORIGIN}\r\n`],
    ['a path that cannot be decoded', `/%zz${'1'.repeat(20_000)}`, `Origin: ${ORIGIN}\r\n`],
  ])('carry the CORS headers for %s', async (_, path, headers) => {
    const answer = await talk(`GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
    expect(answer).toContain('{"data":"Invalid parameters","code":431}');
  });

  it('carry the CORS headers while the service stops', async () => {
    const stopping = await startApp({ CORS_ORIGINS: ORIGIN }, app.database);
    await stopping.nest.listen(0, '127.0.0.1');
    const { port: to } = stopping.nest.getHttpServer().address() as AddressInfo;
    const fastify = stopping.nest.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    // Connected, but silent until the service has begun to stop.
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

  it('depend on the origin where they are kept', async () => {
    for (const path of ['/openapi.json', '/series', '/docs/assets/swagger-ui.css']) {
      const vary = (await get(path, { origin: ORIGIN })).headers.get('vary') ?? '';
      expect(vary.toLowerCase().split(/, */), path).toContain('origin');
    }
  });

  it('carry the CORS headers beyond a limit, and preflights count against none', async () => {
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

  it('carry the CORS headers under overload', async () => {
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

describe('a preflight', () => {
  it.each([
    'authorization,content-type,sentry-trace,baggage',
    'x-requested-with',
    'if-match,if-none-match,idempotency-key,last-event-id,prefer,traceparent,tracestate',
  ])('allows %s', async (asked) => {
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

  it('of another origin allows nothing, and OPTIONS alone is unknown', async () => {
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

describe('an unknown method', () => {
  it.each(['PROPFIND', 'TRACE', 'QUERY', 'LOCK', 'PURGE'])('%s is an unknown route', async (method) => {
    const answer = await talk(
      `${method} /series HTTP/1.1\r\nHost: x\r\nOrigin: ${ORIGIN}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain(`access-control-allow-origin: ${ORIGIN}`);
  });
});

describe('pictures', () => {
  it('are for every origin, and answer HEAD as GET without a body', async () => {
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
  ])('HEAD %s is unknown elsewhere', async (path) => {
    expect((await get(path, {}, 'HEAD')).status).toBe(404);
  });
});

describe('HEAD', () => {
  it('answers the refusals of GET, conditions and ranges, too', async () => {
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

  it('is known on these routes alone', () => {
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
        'HEAD /openapi.json',
      ]),
    );
  });

  it('does not run the GET that deletes', async () => {
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

describe('a public URL with a path', () => {
  let behind: TestApp;
  beforeAll(async () => {
    behind = await startApp({ PUBLIC_URL: 'https://h.example/tankobon/' }, app.database);
  });
  afterAll(async () => behind.close());

  it('begins every URL that the service writes', async () => {
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

describe('a Bearer token that is refused', () => {
  it('is named as the reason', async () => {
    const dead = await app.client.with({ authorization: 'Bearer dead' }).get('/series');
    expect(dead).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    const none = await app.client.get('/users/current');
    expect(none).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
  });
});
