import { randomBytes } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { TOKEN_SCOPES } from '../../src/accounts/personal-token.entity.js';
import { appForFile, startApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import type { TestUser } from '../support/builders.js';
import { operations } from '../support/document.js';
import { wholeDatabase } from '../support/table-digests.js';

const app = appForFile();
const error = (status: number, data: string) => ({ status, body: { data, code: status } });
const UNAUTHORIZED = error(401, 'Unauthorized');
const FORBIDDEN = error(403, 'Forbidden');

async function aToken(user: TestUser, scopes: readonly string[] = TOKEN_SCOPES, fields: object = {}) {
  const answer = await app.client.as(user).post('/auth/tokens', { name: 'Widget', scopes, ...fields });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; token: string };
}

const by = (token: string, on = app) => on.client.with({ authorization: `Bearer ${token}` });

/** The operations that personal tokens open, by their scopes: the contract's table. */
const SCOPES: Record<(typeof TOKEN_SCOPES)[number], readonly string[]> = {
  read: [
    'avatarsGet',
    'avatarsGetOfUser',
    'calendarGet',
    'catalogFacets',
    'collectionList',
    'collectionSeries',
    'collectionStats',
    'eventsList',
    'photosList',
    'profilesGet',
    'profilesReadingHistoryList',
    'profilesStatistics',
    'ratingGet',
    'readingHistoryChanges',
    'readingHistoryGeneralStatistics',
    'readingHistoryList',
    'readingHistoryStatistics',
    'readingStatusGet',
    'readsList',
    'seriesGet',
    'seriesGetBySlug',
    'seriesList',
    'seriesVolumesList',
    'settingsGet',
    'volumesByIsbn',
    'volumesGet',
  ],
  'write-history': [
    'readingHistoryBulk',
    'readingStatusAdd',
    'readingStatusDelete',
    'readingStatusProgress',
    'readingStatusUpdate',
    'readsAdd',
    'readsDelete',
    'readsRestart',
    'readsUpdate',
  ],
  'write-ratings': ['ratingAdd', 'ratingDelete', 'ratingUpdate'],
  'write-collection': ['collectionAdd', 'collectionBulk', 'collectionDelete', 'collectionUpdate'],
  'write-images': [
    'avatarsCreate',
    'avatarsDelete',
    'avatarsUpdate',
    'photosCreate',
    'photosDelete',
    'profileImageDelete',
    'profileImageUpdate',
  ],
};

describe('Scopes of personal tokens', () => {
  const secured = operations.filter(
    ({ security, operationId }) =>
      security.some((scheme) => 'bearer' in scheme) && operationId !== 'authRefresh',
  );

  it('opens exactly the operations of its scope, and answers 403 to all others before it validates the input', async () => {
    const admin = await app.a.administrator();
    for (const scope of TOKEN_SCOPES) {
      const { token } = await aToken(admin, [scope]);
      const opened: string[] = [];
      for (const { operationId, method, path } of secured) {
        const url = path.replace('{slug}', admin.username).replace(/\{[^}]+\}/g, 'x');
        const answer = await by(token).send(method, url);
        const isForbidden = answer.status === 403 && answer.body.data === 'Forbidden';
        if (!isForbidden) opened.push(operationId);
      }
      expect(opened.toSorted(), scope).toEqual(SCOPES[scope].toSorted());
    }
  });

  it('documents the scope of each operation', () => {
    for (const operation of secured) {
      const { operationId, description = '' } = operation as typeof operation & { description?: string };
      const scope = TOKEN_SCOPES.find((one) => SCOPES[one].includes(operationId));
      expect(description, operationId).toContain(
        scope === undefined ? 'Personal tokens are refused.' : `Personal tokens need the scope \`${scope}\`.`,
      );
    }
  });

  it('needs the permission of the route, too, at the time of the request', async () => {
    const user = await app.a.user();
    const { token } = await aToken(user, ['write-ratings']);
    const series = await app.a.oneSeries();
    const add = () => by(token).post(`/user/series-rating/add/${series}`, { rating: 7 });
    await app.database.query('delete from user_roles where user_id = $1', [user.id]);
    expect(await add()).toMatchObject(FORBIDDEN);
    await app.database.query(`insert into user_roles select $1, id from roles where name = 'user'`, [
      user.id,
    ]);
    expect((await add()).status).toBe(200);
  });
});

describe('/auth/tokens', () => {
  it('makes a token that acts for the user until it is revoked, and shows it once', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    const { id, token } = await aToken(user, ['read'], { expires: '2099-01-31T12:00:00Z' });
    expect(token).toMatch(/^tkp_[\w-]{43}$/);
    expect((await by(token).get('/user/reading-history')).body).toMatchObject({ total: 0 });
    const list = await client.get('/auth/tokens');
    expect(list.text).not.toContain(token);
    expect(list.body.tokens).toMatchObject([
      { id, name: 'Widget', scopes: ['read'], expires: '2099-01-31T12:00:00.000Z' },
    ]);
    await expect
      .poll(async () => (await client.get('/auth/tokens')).body.tokens[0].last_used)
      .toEqual(expect.any(String));
    expect(await wholeDatabase(app.database)).not.toContain(token);
    const stranger = app.client.as(await app.a.user());
    const missing = error(404, 'Token not found');
    expect(await stranger.delete(`/auth/tokens/${id}`)).toMatchObject(missing);
    expect((await client.delete(`/auth/tokens/${id}`)).status).toBe(204);
    expect(await client.delete(`/auth/tokens/${id}`)).toMatchObject(missing);
    for (const path of ['/user/reading-history', '/series'])
      expect(await by(token).get(path)).toMatchObject(UNAUTHORIZED);
    const entries = await entriesAbout(app.database, user.id);
    expect(entries.map(({ action }) => action)).toEqual(['account.create-token', 'account.revoke-token']);
    expect(JSON.stringify(entries)).not.toContain('Widget');
  });

  it('rejects 1,000 forged tokens, expired and malformed ones, and every token in place of a cookie', async () => {
    const user = await app.a.user();
    const { token } = await aToken(user);
    const id = Buffer.from(user.id, 'hex');
    const forged = Array.from(
      { length: 1000 },
      () => `tkp_${Buffer.concat([id, randomBytes(20)]).toString('base64url')}`,
    );
    const malformed = [
      `${token}A`,
      token.slice(0, -1),
      `${token}=`,
      token.toUpperCase(),
      'tkp_',
      token.slice(4),
    ];
    for (const one of [...forged, ...malformed])
      expect(await by(one).get('/user/reading-history'), one).toMatchObject(UNAUTHORIZED);
    expect(await by(token).post('/auth/refresh')).toMatchObject(UNAUTHORIZED);
    expect(
      await app.client.withCookie({ cookie: token, accessToken: '' }).post('/auth/refresh'),
    ).toMatchObject(UNAUTHORIZED);
    expect((await by(token).get('/user/reading-history')).status).toBe(200);
    await app.database.query('update personal_tokens set expires = now() where user_id = $1', [user.id]);
    expect(await by(token).get('/user/reading-history')).toMatchObject(UNAUTHORIZED);
  });

  it('makes no token by a token, and needs a recent sign-in', async () => {
    const user = await app.a.user();
    const { token } = await aToken(user);
    const body = { name: 'x', scopes: ['read'] };
    expect(await by(token).post('/auth/tokens', body)).toMatchObject(FORBIDDEN);
    await app.database.query(
      `update sessions set created = created - interval '15 minutes' where user_id = $1`,
      [user.id],
    );
    const client = app.client.as(user);
    expect(await client.post('/auth/tokens', body)).toMatchObject(error(403, 'Sign in again'));
    expect((await client.post('/auth/tokens', { ...body, current_password: user.password })).status).toBe(
      201,
    );
  });

  it('keeps at most 50 tokens when 60 are made at the same time', async () => {
    const client = app.client.as(await app.a.user());
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => client.post('/auth/tokens', { name: 'x', scopes: ['read'] })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(answers.find(({ status }) => status !== 201)).toMatchObject(error(409, 'Token limit reached'));
  });

  it('is refused while its user is suspended, and ends with a reset of the password', async () => {
    const user = await app.a.user();
    const { token } = await aToken(user);
    const admin = app.client.as(await app.a.administrator());
    await admin.patch(`/admin/users/${user.id}`, { suspended: true });
    expect(await by(token).get('/user/reading-history')).toMatchObject(error(403, 'Account suspended'));
    await admin.patch(`/admin/users/${user.id}`, { suspended: false });
    expect((await by(token).get('/user/reading-history')).status).toBe(200);
    const { url } = (await admin.post(`/admin/users/${user.id}/password-reset`)).body;
    const reset = { token: new URL(url).hash.slice('#token='.length), password: 'a new horse battery' };
    expect((await app.client.post('/auth/password/reset', reset)).status).toBe(200);
    expect(await by(token).get('/user/reading-history')).toMatchObject(UNAUTHORIZED);
  });

  it('counts the requests of each token against an allowance of its own', async () => {
    const user = await app.a.user();
    const [one, other] = [await aToken(user), await aToken(user)];
    const limited = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '5' }, app.database);
    const statuses = async (token: string) => {
      const seen: number[] = [];
      for (let count = 0; count < 8; count++)
        seen.push((await by(token, limited).get('/user/reading-history')).status);
      return seen;
    };
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(Math.ceil(Date.now() / 60_000) * 60_000);
    onTestFinished(() => void vi.useRealTimers());
    // Also the first request counts, which is the one that makes the token known.
    for (const { token } of [one, other])
      expect(await statuses(token)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    await limited.close();
  });
});
