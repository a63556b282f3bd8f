import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { describe, expect, it } from 'vitest';
import { type Access, ACCESS } from '../../src/openapi/access-metadata.js';
import { familyOf } from '../../src/http/families.js';
import { appForFile } from '../support/app.js';
import { findOperation, operations, assertDocumented } from '../support/document.js';

const app = appForFile();

/** Operations that need no credential. All others do. */
const PUBLIC = [
  'authEmailVerify',
  'authLogin',
  'authOidcBegin',
  'authOidcCallback',
  'authPasswordForgot',
  'authPasswordReset',
  'authProviders',
  'authRegister',
  'avatarsGet',
  'avatarsGetOfUser',
  'calendarSubscribe',
  'catalogFacets',
  'healthLive',
  'healthReady',
  'imagesGetAvatar',
  'imagesGetDefault',
  'imagesGetPhoto',
  'metricsGet',
  'profilesGet',
  'profilesReadingHistoryList',
  'profilesStatistics',
  'seriesGet',
  'seriesGetBySlug',
  'seriesList',
  'seriesVolumesList',
  'userAvatarRedirect',
  'volumesByIsbn',
  'volumesGet',
];

const fill = (path: string) =>
  path
    .replace('{kind}', 'photo')
    .replace(/\{userId\}|(?<=\/users\/|-image\/)\{id\}/g, '0'.repeat(24))
    .replace(/\{[^}]+\}/g, '999999');
const withSession = (path: string) =>
  /\/auth\/(sessions|tokens|identities)\//.test(path)
    ? path.replace('{id}', '0b6e1d3c-4f52-4a8e-9d7b-2c1a5e8f9b60')
    : fill(path);

const controllers = () =>
  [...app.nest.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]) as {
    name: string;
    instance: object;
    metatype: { prototype: object };
  }[];

describe('routes and documented operations', () => {
  it('serves exactly the documented operations and a fixed list of undocumented routes', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`);
    const undocumented = [
      'GET /openapi.json',
      'GET /dashboard',
      'GET /dashboard/*',
      'GET /docs',
      'GET /docs/assets/:file',
      'GET /docs/assets/start.js',
    ];
    // The document lists no HEAD operations: HEAD is GET without a body, on some routes.
    const withHead = app.routes.filter((route) => route.startsWith('HEAD '));
    expect(withHead.length).toBeGreaterThan(5);
    for (const route of withHead) expect(app.routes).toContain(route.replace('HEAD', 'GET'));
    // These routes exist also without their last segment, and report the blank id as missing.
    const withoutId = [
      'GET /user/reading-status/id',
      'POST /user/reading-status/add',
      'POST /user/reading-status/update',
      'DELETE /user/reading-status/delete',
      'GET /user/series-rating',
      'POST /user/series-rating/add',
      'POST /user/series-rating/update',
      'DELETE /user/series-rating/delete',
      'POST /user/collection/add',
      'POST /user/collection/update',
      'DELETE /user/collection/delete',
      'POST /user/update-image',
      'DELETE /user/delete-image',
      'POST /admin/user/update-image',
      'DELETE /admin/user/delete-image',
    ];
    for (const route of withoutId) expect(documented).toContain(`${route}/:id`);
    const live = app.routes
      .map((route) => route.replace(/(.)\/$/, '$1'))
      .filter((route) => !/^(OPTIONS|HEAD) /.test(route));
    expect([...new Set(live)].toSorted()).toEqual([...documented, ...undocumented, ...withoutId].toSorted());
  });

  it.each(['', '/', '/%20'])('reports the blank id of a profile image as missing: “%s”', async (end) => {
    const admin = app.client.as(await app.a.administrator());
    for (const prefix of ['/user', '/admin/user']) {
      const missing = { status: 400, body: { data: 'Required parameters missing' } };
      expect(await admin.delete(`${prefix}/delete-image${end}`), prefix).toMatchObject(missing);
      expect(await admin.post(`${prefix}/update-image${end}`, { image: 'x' }), prefix).toMatchObject(missing);
    }
  });

  it('documents each operation with a unique id, one tag, a summary, its access and the errors 429, 500 and 503', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const operation of operations) {
      expect(operation, operation.operationId).toMatchObject({
        summary: expect.any(String),
        tags: [expect.any(String)],
      });
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      const isPublic =
        operation.security.length === 0 ||
        operation.security.some((scheme) => Object.keys(scheme).length === 0);
      expect(isPublic, operation.operationId).toBe(PUBLIC.includes(operation.operationId));
      const isProbe = operation.tags[0] === 'Operations';
      for (const status of isProbe ? ['500'] : ['429', '500', '503'])
        expect(operation.responses, operation.operationId).toHaveProperty(status);
    }
  });

  it('declares the access of every route handler with a decorator', () => {
    const reflector = app.nest.get(Reflector);
    expect(controllers().length).toBeGreaterThan(4);
    for (const { instance, name } of controllers()) {
      const prototype = Object.getPrototypeOf(instance) as Record<string, unknown>;
      for (const method of Object.getOwnPropertyNames(prototype)) {
        const handler = prototype[method];
        if (
          method === 'constructor' ||
          typeof handler !== 'function' ||
          Reflect.getMetadata('path', handler) === undefined
        )
          continue;
        expect(reflector.get<Access>(ACCESS, handler as never), `${String(name)}.${method}`).toBeDefined();
      }
    }
  });

  it('rejects a missing or invalid credential with 401 on every route that needs one, before it validates the input', async () => {
    for (const { method, path, operationId } of operations) {
      // Family D has its own errors: see photos.test.ts.
      if (PUBLIC.includes(operationId) || operationId === 'deleteUserPhoto') continue;
      for (const headers of [{}, { authorization: 'Bearer x' }, { cookie: 'refreshToken=x' }] as Record<
        string,
        string
      >[]) {
        const answer = await app.client.with(headers).send(method, fill(path));
        expect(answer, `${operationId} ${JSON.stringify(headers)}`).toMatchObject({
          status: 401,
          body: { data: 'Unauthorized', code: 401 },
        });
      }
    }
  });

  it('rejects a malformed id with 400 and an unknown id with 404, or with 403 on routes for the own account', async () => {
    const admin = await app.a.administrator();
    const client = app.client.as(admin);
    const entry = await app.a.entry();
    const bodies: Record<string, object> = {
      readingStatusAdd: entry,
      readingStatusUpdate: entry,
      readingStatusProgress: { op: 'set', value: 1, client: entry['client'] },
      readsRestart: { client: entry['client'] },
      readsAdd: { client: entry['client'], status: 'completed' },
      readsUpdate: { status: 'completed' },
      ratingAdd: { rating: 5 },
      ratingUpdate: { rating: 5 },
      collectionAdd: { client: entry['client'] },
      collectionUpdate: { price: 1, date: '2026-01-31' },
      settingsSave: { theme: 'dark' },
      profileImageUpdate: { image: 'x' },
      adminProfileImageUpdate: { image: 'x' },
      clientsUpdate: { enabled: true },
      adminUsersUpdate: { age_verified: true },
      rolesUpdate: { description: 'x' },
      importsUpdate: { strategy: 'skip' },
      importsDecideRow: { outcome: 'skip' },
    };
    for (const { method, path, operationId } of operations.filter((operation) =>
      operation.path.includes('{'),
    )) {
      const body = bodies[operationId];
      const malformed = await client.send(method, path.replace(/\{[^}]+\}/g, 'x'), body);
      const unknown = await client.send(method, withSession(path), body);
      // Every user has a picture, stored or generated, and the paths of pictures contain no other ids.
      if (
        ['userAvatarRedirect', 'imagesGetAvatar', 'imagesGetDefault', 'imagesGetPhoto'].includes(operationId)
      )
        continue;
      if (/\{(slug|provider)\}/.test(path)) {
        expect([malformed.status, unknown.status], operationId).toEqual([404, 404]);
        continue;
      }
      expect(malformed, operationId).toMatchObject({ status: 400, body: { data: 'Invalid parameters' } });
      // Routes for the own account do not disclose whether another account exists.
      const isOwn =
        /^(settings|avatarsCreate|photosCreate|profileImage(Update|Delete))/.test(operationId) &&
        operationId !== 'profileImageDelete';
      expect(unknown.status, operationId).toBe(isOwn ? 403 : 404);
      expect(unknown.body.data).toMatch(isOwn ? /^Forbidden$/ : /not found$|does not exist for this series$/);
    }
  });

  it('reads bodies, queries and path parameters only through the validating input decorators', () => {
    const raw = controllers().flatMap(({ metatype, name }) =>
      Object.getOwnPropertyNames(metatype.prototype).flatMap((method) => {
        const parameters = (Reflect.getMetadata('__routeArguments__', metatype, method) ?? {}) as object;
        // Nest's parameter decorators: 3 is @Body, 4 @Query, 5 @Param.
        return Object.keys(parameters)
          .filter((key) => /^[345]:/.test(key))
          .map(() => `${name}.${method}`);
      }),
    );
    expect(raw).toEqual(['DocsController.asset']);
  });

  it('lists every problem of path, query and body, and reports missing parameters before invalid ones', async () => {
    const reader = await app.a.user();
    const client = app.client.as(reader);
    const id = { field: 'id', messages: ['id must be a positive integer'] };
    const rating = { field: 'rating', messages: ['rating is required'] };
    expect((await client.post('/user/series-rating/add/x', {})).body).toEqual({
      data: 'Required parameters missing',
      code: 400,
      errors: [id, rating],
    });
    expect((await client.post('/user/series-rating/add/x', { rating: 11 })).body).toEqual({
      data: 'Invalid parameters',
      code: 400,
      errors: [id, { field: 'rating', messages: ['rating must not be greater than 10'] }],
    });
    expect((await client.post('/user/series-rating/add/%20', { rating: 11 })).body.data).toBe(
      'Required parameters missing',
    );
    expect((await app.client.get('/user/avatar/x/%20')).body).toMatchObject({
      data: 'Required parameters missing',
      errors: [{ field: 'id' }, { field: 'size' }],
    });
    expect((await app.client.get('/series/x?user_lang=a&user_lang=b')).body).toMatchObject({
      data: 'Invalid parameters',
      errors: [{ field: 'id' }, { field: 'user_lang' }],
    });
  });

  it('assigns each path to one family', () => {
    const families = Object.fromEntries(
      operations.map(({ operationId, path }) => [operationId, familyOf(path)]),
    );
    expect(families).toMatchObject({
      usersList: 'B',
      usersGetCurrent: 'B',
      usersGet: 'B',
      authLogin: 'A',
      seriesGet: 'A',
    });
    expect(familyOf('/users/6740a1b2c3d4e5f601234567/save-settings')).toBe('A');
    expect(familyOf('/v1/avatars/1')).toBe('C');
    expect(familyOf('/api/4/UploadImage/DeleteUserPhoto')).toBe('D');
  });
});

describe('HTTP', () => {
  const json = { 'content-type': 'application/json' };
  const invalid = { status: 400, body: { data: 'Invalid parameters', code: 400 } };

  it('answers 404 to unknown routes and methods', async () => {
    const missing = { status: 404, body: { data: 'Not found', code: 404 } };
    expect(await app.client.get('/nothing')).toMatchObject(missing);
    expect(await app.client.send('PATCH', '/auth/login')).toMatchObject(missing);
    const head = await app.nest.inject({ method: 'HEAD', url: '/series' });
    expect(head.statusCode).toBe(404);
  });

  it.each([
    '{',
    '{"a":1}}',
    '[]',
    '"text"',
    '1',
    '{"__proto__":{"a":1}}',
    '{"constructor":{"prototype":{"a":1}}}',
    '{"username":"a\\u0000b","password":"correct horse"}',
    '{"username":"a\\ud800b","password":"correct horse"}',
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `${'{"a":'.repeat(21)}1${'}'.repeat(21)}`,
  ])('rejects the body %s with 400', async (raw) => {
    expect(await app.client.post('/auth/login', undefined, { raw, headers: json })).toMatchObject(invalid);
  });

  it.each([
    ['another field is invalid', '{"%":1,"username":"a","password":"correct horse"}'],
    [
      'class-validator cannot check a text',
      '{"%":"\\u0000","username":"abcd","password":"correct horse","email":"a\\ud800@b.example"}',
    ],
  ])('cuts the name of an unknown field after 100 characters when %s', async (_, template) => {
    const raw = template.replace('%', 'x'.repeat(150));
    const answer = await app.client.post('/auth/register', undefined, { raw, headers: json });
    expect(answer).toMatchObject(invalid);
    const names = answer.body.errors.map(({ field }: { field: string }) => field);
    expect(names).toContain('x'.repeat(100));
    expect(names.join()).not.toContain('x'.repeat(101));
  });

  it('rejects a body that is not UTF-8 with 400', async () => {
    const raw = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]);
    expect(await app.client.post('/auth/login', undefined, { raw, headers: json })).toMatchObject(invalid);
  });

  it('rejects URL-encoded forms and other content types with 415 before it checks credentials', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain',
      'multipart/form-data; boundary=x',
      'x',
    ]) {
      for (const url of ['/auth/login', '/user/reading-status/add/1']) {
        const answer = await app.client.post(url, undefined, {
          raw: 'a=b',
          headers: { 'content-type': type },
        });
        expect(answer, `${type} ${url}`).toMatchObject({
          status: 415,
          body: { data: 'Unsupported media type', code: 415 },
        });
      }
    }
  });

  it('treats a request without a body as one with an empty object, whatever its content type', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await app.client.post('/auth/login', undefined, {
        raw: '',
        headers: { 'content-type': type },
      });
      expect(answer, type).toMatchObject({ status: 400, body: { data: 'Required parameters missing' } });
    }
    expect((await app.client.post('/auth/login')).body.data).toBe('Required parameters missing');
    expect((await app.client.post('/auth/login', null)).body.data).toBe('Required parameters missing');
  });

  it.each(['json', 'garbage', 'a/b/c', ';', '', 'application/json, text/plain', 'multipart/form-data'])(
    'takes a request of the malformed or foreign content type "%s" without a body, and refuses one with a body',
    async (type) => {
      const headers = { 'content-type': type };
      for (const framing of [{}, { 'content-length': '0' }, { 'transfer-encoding': 'chunked' }]) {
        const reader = await app.a.user();
        const answer = await app.nest.inject({
          method: 'POST',
          url: '/auth/logout',
          headers: { ...headers, ...framing, cookie: `refreshToken=${reader.cookie}` },
        });
        expect(answer.statusCode, JSON.stringify(framing)).toBe(200);
        expect(answer.headers['set-cookie']).toMatch(/^refreshToken=;/);
      }
      const refused = await app.client.post('/auth/login', undefined, { raw: '{}', headers });
      expect(refused).toMatchObject({ status: 415, body: { data: 'Unsupported media type' } });
    },
  );

  it('refuses the fields of a body on every route that declares none, after the permission', async () => {
    const admin = await app.a.administrator();
    const bodiless = operations.filter(
      ({ method, requestBody, path }) =>
        method !== 'GET' && requestBody === undefined && !path.startsWith('/api/4/'),
    );
    expect(bodiless.length).toBeGreaterThan(20);
    for (const { method, operationId, path, security } of bodiless) {
      const url = path
        .replace(/(?<=\/users\/)\{id\}/, admin.id)
        .replaceAll(/\{(?:id|series|volume|item)\w*\}/gi, '1');
      if (url.includes('{')) continue;
      const isPublic = security.length === 0;
      const byCookie = security.length === 1 && 'cookie' in (security[0] as object);
      const sender = byCookie ? app.client.withCookie(admin) : app.client.as(admin);
      const refused = await sender.send(method, url, { surprise: true });
      expect(refused, operationId).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters', code: 400 },
      });
      expect(refused.body.errors, operationId).toContainEqual({
        field: 'surprise',
        messages: ['property surprise should not exist'],
      });
      if (!isPublic)
        expect((await app.client.send(method, url, { surprise: 1 })).status, operationId).toBe(401);
    }
    expect((await app.client.as(admin).delete('/auth/sessions', { raw: '[]', headers: json })).status).toBe(
      400,
    );
    expect((await app.client.as(admin).send('POST', '/user/calendar/secret', {})).status).toBeLessThan(300);
    expect((await app.client.as(admin).get('/auth/me')).status).toBe(200);
  });

  it('rejects NUL and broken percent-encoding in a URL with 400', async () => {
    for (const url of ['/series/%00', '/series?search=%00', '/%zz', '/series/%ff%', '/series/%E0%A4']) {
      expect(await app.client.get(url), url).toMatchObject(invalid);
    }
  });

  it('rejects body fields named like properties of Object.prototype as unknown fields', async () => {
    const known = { username: 'haruka', password: 'correct horse' };
    for (const field of [
      'constructor',
      'toString',
      'hasOwnProperty',
      'prototype',
      '__defineGetter__',
      'then',
    ]) {
      expect(await app.client.post('/auth/login', { ...known, [field]: 1 }), field).toMatchObject(invalid);
      expect((await app.client.post('/auth/login', { [field]: 1 })).body.data).toBe(
        'Required parameters missing',
      );
    }
  });

  it('explains every 400 of a body, in less than 20,000 characters for 3,000 unknown fields', async () => {
    for (const body of [[], 1, 'x', { username: 'a\u0000b', password: 'x' }]) {
      expect((await app.client.post('/auth/login', body)).body.errors).toHaveLength(1);
    }
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}`, 1]));
    expect((await app.client.post('/auth/login', many)).text.length).toBeLessThan(20_000);
  });

  it('checks credentials before it validates the input', async () => {
    expect((await app.client.get('/users/%00')).status).toBe(401);
    expect((await app.client.put('/users/current', { first_name: '\u0000' })).status).toBe(401);
    expect((await app.client.get('/series?unknown=%00')).status).toBe(200);
  });

  it('rejects other charsets than UTF-8 and compressed bodies with 415', async () => {
    const refused = { status: 415, body: { data: 'Unsupported media type', code: 415 } };
    const send = (headers: Record<string, string>) =>
      app.client.post('/auth/login', undefined, { raw: '{}', headers });
    expect(await send({ 'content-type': 'application/json; charset=utf-16' })).toMatchObject(refused);
    expect(await send({ ...json, 'content-encoding': 'gzip' })).toMatchObject(refused);
    expect((await send({ 'content-type': 'application/json; charset=UTF-8' })).status).toBe(400);
  });

  it('answers 404 to an OPTIONS request that is no CORS preflight', async () => {
    expect(await app.client.send('OPTIONS', '/series')).toMatchObject({
      status: 404,
      body: { data: 'Not found' },
    });
  });

  it('ignores a trailing slash of a path', async () => {
    expect((await app.client.get('/series/')).status).toBe(200);
    expect((await app.client.get('/health/live/')).status).toBe(200);
  });

  it('answers bytes that are not HTTP with a JSON error of status 4xx and keeps running', async () => {
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const sendRaw = (bytes: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        let text = '';
        socket.on('data', (chunk) => (text += chunk.toString()));
        socket.on('close', () => resolve(text));
        socket.on('error', () => resolve(text));
        socket.setTimeout(60_000, () => socket.destroy());
      });
    const answers = await Promise.all([
      sendRaw('NONSENSE\r\n\r\n'),
      sendRaw('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n'),
      sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`),
    ]);
    for (const answer of answers)
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d [\s\S]*\{"data":"Invalid parameters","code":4/);
    expect((await app.client.get('/health/live')).status).toBe(200);
  });

  it('sends the security headers with every response and no X-Powered-By', async () => {
    for (const [method, path] of [
      ['GET', '/health/live'],
      ['GET', '/user/settings'],
      ['GET', '/nope'],
      ['GET', '/series/%zz'],
      ['OPTIONS', '/series'],
    ] as const) {
      const { headers } = await app.client.send(method, path);
      expect(headers['x-content-type-options'], `${method} ${path}`).toBe('nosniff');
      expect(headers['content-security-policy'], `${method} ${path}`).toContain("default-src 'none'");
      expect(headers).not.toHaveProperty('x-powered-by');
    }
    expect((await app.client.get('/health/live')).headers['cache-control']).toBe('no-store');
  });

  it('serves metrics, the document and a Swagger UI that loads nothing from other hosts', async () => {
    expect((await app.client.get('/metrics')).text).toContain('http_request_duration_seconds_bucket');
    expect((await app.client.get('/openapi.json')).body.openapi).toMatch(/^3\.1/);
    const page = (await app.client.get('/docs')).text;
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
    for (const [, url] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await app.client.get(url as string)).status, url).toBe(200);
    }
    expect((await app.client.get('/docs/assets/package.json')).status).toBe(404);
    expect((await app.client.get('/docs/assets/..%2Fpackage.json')).status).toBe(404);
  });
});

describe('assertDocumented', () => {
  it('reports a response whose status, content type, fields or message are not documented', () => {
    const check =
      (status: number, body: unknown, type = 'application/json') =>
      () =>
        assertDocumented('GET', '/health/live', status, type, JSON.stringify(body));
    expect(check(200, { status: 'ok' })).not.toThrow();
    expect(check(200, { status: 1 })).toThrow('must be string');
    expect(check(200, {})).toThrow('required property');
    expect(check(200, { status: 'ok', more: 1 })).toThrow('additional properties');
    expect(check(201, { status: 'ok' })).toThrow('not in the document');
    expect(check(200, { status: 'ok' }, 'text/html')).toThrow('type');
    const list = (status: number, body: unknown) => () =>
      assertDocumented('GET', '/series', status, 'application/json', JSON.stringify(body));
    expect(list(503, { data: 'Service unavailable', code: 503 })).not.toThrow();
    expect(list(503, { data: 'Something else', code: 503 })).toThrow('must be equal to one of');
    expect(list(503, { data: 'Unauthorized', code: 503 })).toThrow('message');
    expect(findOperation('GET', '/series/1/volumes?x=1')?.operationId).toBe('seriesVolumesList');
  });
});
