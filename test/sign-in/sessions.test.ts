import { createHmac, createSecretKey, randomUUID } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { describe, expect, it, vi } from 'vitest';
import { RecentSignIn } from '../../src/access/recent-sign-in.js';
import { appForFile, JWT_SECRET, startApp } from '../support/app.js';
import { refreshCookie } from '../support/client.js';
import { unique } from '../support/builders.js';

const app = appForFile();
const unauthorized = { data: 'Unauthorized', code: 401 };

/** Moves the last rotation of the user's sessions into the past. */
async function ageSessions(userId: string, seconds: number): Promise<void> {
  await app.database.query(
    'update sessions set issued_at = issued_at - make_interval(secs => $2) where user_id = $1',
    [userId, seconds],
  );
}

describe('POST /auth/register', () => {
  it('creates a user and signs it in', async () => {
    const username = unique('New');
    const answer = await app.client.post('/auth/register', {
      username,
      password: 'correct horse',
      email: `${username}@Example.com`,
      first_name: 'Haru',
    });
    expect(answer).toMatchObject({
      status: 201,
      body: {
        user: {
          username,
          email: `${username}@Example.com`,
          first_name: 'Haru',
          last_name: null,
          slug: username.toLowerCase(),
          profile_image: null,
          age_verified: false,
          roles: ['user'],
          permissions: ['rate-series'],
        },
      },
    });
    expect(answer.text).not.toContain('correct horse');
    expect(answer.headers['set-cookie']).toMatch(
      /^refreshToken=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
    );
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('answers 409 to a username or email address that is taken in another case or Unicode form', async () => {
    const username = unique('Taken');
    const taken = await app.a.user({ username, email: `${username}ｅ@example.com` });
    expect(taken.username).toBe(username);
    const again = { password: 'correct horse', username: username.toUpperCase() };
    expect(await app.client.post('/auth/register', again)).toMatchObject({
      status: 409,
      body: { data: 'Username already taken', code: 409 },
    });
    const email = `${username}E@EXAMPLE.COM`;
    expect(await app.client.post('/auth/register', { ...again, username: unique('x'), email })).toMatchObject(
      {
        status: 409,
        body: { data: 'Email already taken', code: 409 },
      },
    );
  });

  it('accepts one of 20 concurrent registrations of a username and answers 409 to 19', async () => {
    const username = unique('race');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        app.client.post('/auth/register', { username, password: 'correct horse' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [{ username: 'abc', password: ' ' }, 'Required parameters missing'],
    [{ username: null, password: 'correct horse' }, 'Required parameters missing'],
    [{ username: 'ab', password: 'correct horse' }, 'Invalid parameters'],
    [{ username: 'a'.repeat(21), password: 'correct horse' }, 'Invalid parameters'],
    [{ username: 'with space', password: 'correct horse' }, 'Invalid parameters'],
    [{ username: { $ne: null }, password: 'correct horse' }, 'Invalid parameters'],
    [{ username: 'abcd', password: 'seven77' }, 'Invalid parameters'],
    [{ username: 'abcd', password: 'p'.repeat(129) }, 'Invalid parameters'],
    [{ username: 'abcd', password: '😀'.repeat(128) + '!' }, 'Invalid parameters'],
    [{ username: 'abcd', password: 'correct horse', email: 'nobody' }, 'Invalid parameters'],
    [
      { username: 'abcd', password: 'correct horse', email: `${'e'.repeat(40)}@example.com` },
      'Invalid parameters',
    ],
    [{ username: 'abcd', password: 'correct horse', first_name: 'n'.repeat(21) }, 'Invalid parameters'],
    [{ username: 'abcd', password: 'correct horse', roles: ['admin'] }, 'Invalid parameters'],
    [{ username: 'abcd', password: 'correct horse', age_verified: true }, 'Invalid parameters'],
  ])('rejects the registration %j with 400', async (body, data) => {
    const answer = await app.client.post('/auth/register', body);
    expect(answer).toMatchObject({ status: 400, body: { data, code: 400 } });
    expect(answer.text).not.toContain('correct horse');
  });

  it('measures the length of passwords and names in code points', async () => {
    const body = { username: unique('emoji'), password: '😀'.repeat(128), first_name: '😀'.repeat(20) };
    expect((await app.client.post('/auth/register', body)).status).toBe(201);
  });
});

describe('POST /auth/login', () => {
  it('accepts the username or the email address in any case', async () => {
    const username = unique('Login');
    await app.a.user({ username, email: `${username}@example.com` });
    for (const name of [username, username.toUpperCase(), `${username}@EXAMPLE.com`]) {
      const answer = await app.client.post('/auth/login', {
        username: name,
        password: 'correct horse battery',
      });
      expect(answer.status).toBe(200);
      expect(refreshCookie(answer)).not.toBe('');
    }
  });

  it('answers an unknown user and a wrong password with the same error', async () => {
    const { username } = await app.a.user();
    const expected = { status: 401, body: { data: 'Invalid credentials', code: 401 } };
    expect(await app.client.post('/auth/login', { username, password: 'wrong horse' })).toMatchObject(
      expected,
    );
    const nobody = { username: 'nobody-here', password: 'wrong horse' };
    expect(await app.client.post('/auth/login', nobody)).toMatchObject(expected);
  });

  it('answers 429 after ten failed sign-ins of one address and name, counted across nodes', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const other = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const { username } = await app.a.user();
    const attempt = (node: typeof limited, password: string) =>
      node.client.post('/auth/login', { username, password });
    const statuses = await Promise.all(
      Array.from(
        { length: 15 },
        async (_, index) => (await attempt(index % 2 ? limited : other, 'wrong horse')).status,
      ),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    const answer = await attempt(other, 'correct horse battery');
    expect(answer).toMatchObject({ status: 429, body: { data: 'Too many requests.', code: 429 } });
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await limited.close();
    await other.close();
  });

  it('does not count successful sign-ins against the limit', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const { username, password } = await app.a.user();
    for (let attempt = 0; attempt < 12; attempt++) {
      expect((await limited.client.post('/auth/login', { username, password })).status).toBe(200);
    }
    await limited.close();
  });
});

describe('POST /auth/refresh', () => {
  it('rotates the refresh token, and returns the same successor during the grace period', async () => {
    const user = await app.a.user();
    const first = await app.client.withCookie(user).post('/auth/refresh');
    expect(first.status).toBe(200);
    const successor = refreshCookie(first);
    expect(successor).not.toBe(user.cookie);
    const again = await app.client.withCookie({ ...user, cookie: successor }).post('/auth/refresh');
    expect(refreshCookie(again)).toBe(successor);
    const former = await app.client.withCookie(user).post('/auth/refresh');
    expect(refreshCookie(former)).toBe(successor);
    expect((await app.client.withCookie(user).get('/auth/me')).status).toBe(200);
  });

  it('returns the same successor to 100 concurrent refreshes of one token', async () => {
    const user = await app.a.user();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => app.client.withCookie(user).post('/auth/refresh')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(refreshCookie)).size).toBe(1);
  });

  it('rotates the refresh token again after the grace period', async () => {
    const user = await app.a.user();
    const first = refreshCookie(await app.client.withCookie(user).post('/auth/refresh'));
    await ageSessions(user.id, 31);
    const second = refreshCookie(
      await app.client.withCookie({ ...user, cookie: first }).post('/auth/refresh'),
    );
    expect(second).not.toBe('');
    expect(new Set([user.cookie, first, second]).size).toBe(3);
  });

  it('ends the session when a token is reused after the grace period, without clearing the cookie', async () => {
    const user = await app.a.user();
    const successor = refreshCookie(await app.client.withCookie(user).post('/auth/refresh'));
    await ageSessions(user.id, 31);
    expect(await app.client.withCookie(user).get('/auth/me')).toMatchObject({
      status: 401,
      body: unauthorized,
    });
    expect((await app.client.withCookie({ ...user, cookie: successor }).get('/auth/me')).status).toBe(200);
    const late = await app.client.withCookie(user).post('/auth/refresh');
    expect(late).toMatchObject({ status: 401, body: unauthorized });
    expect(late.headers['set-cookie']).toBeUndefined();
    expect((await app.client.withCookie({ ...user, cookie: successor }).get('/auth/me')).status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
  });

  it('refreshes by cookie only, and ignores the Authorization header', async () => {
    const user = await app.a.user();
    expect((await app.client.as(user).post('/auth/refresh')).status).toBe(401);
    const both = app.client.withCookie(user).with({ authorization: 'Bearer nonsense' });
    expect((await both.post('/auth/refresh')).status).toBe(200);
  });
});

describe('GET /auth/me and /auth/sessions', () => {
  it('returns a new access token to a cookie, and its own token to a Bearer request', async () => {
    const user = await app.a.user();
    const byBearer = await app.client.as(user).get('/auth/me');
    expect(byBearer.body).toMatchObject({ accessToken: user.accessToken, user: { id: user.id } });
    const byCookie = await app.client.withCookie(user).get('/auth/me');
    expect(
      (await app.client.as({ ...user, accessToken: byCookie.body.accessToken }).get('/auth/me')).status,
    ).toBe(200);
  });

  it('uses the Bearer token of a request that has both credentials', async () => {
    const user = await app.a.user();
    const bad = app.client.withCookie(user).with({ authorization: 'Bearer nonsense' });
    expect((await bad.get('/auth/me')).status).toBe(401);
    const good = app.client
      .as(user)
      .with({ cookie: 'refreshToken=nonsense', origin: 'https://evil.example' });
    expect((await good.delete('/auth/sessions')).status).toBe(204);
  });

  it('rejects a request with two refresh cookies with 401', async () => {
    const user = await app.a.user();
    const two = app.client.with({ cookie: `refreshToken=${user.cookie}; refreshToken=${user.cookie}` });
    expect((await two.get('/auth/me')).status).toBe(401);
  });

  it('lists the sessions of the user, ends one by id, and ends all others', async () => {
    const user = await app.a.user();
    const second = await app.a.signIn(user.username);
    const { body } = await app.client.as(user).with({ 'user-agent': 'test' }).get('/auth/sessions');
    expect(body.sessions).toHaveLength(2);
    const other = body.sessions.find((session: { current: boolean }) => !session.current);
    expect((await app.client.as(user).delete(`/auth/sessions/${other.id}`)).status).toBe(204);
    expect((await app.client.as(second).get('/auth/me')).status).toBe(401);
    expect((await app.client.withCookie(second).get('/auth/me')).status).toBe(401);
    expect(await app.client.as(user).delete(`/auth/sessions/${other.id}`)).toMatchObject({
      status: 404,
      body: { data: 'Session not found', code: 404 },
    });
    expect((await app.client.as(user).delete('/auth/sessions/1')).status).toBe(400);
    const third = await app.a.signIn(user.username);
    expect((await app.client.as(third).delete('/auth/sessions')).status).toBe(204);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
    expect((await app.client.as(third).get('/auth/me')).status).toBe(200);
  });

  it('answers 404 to the end of the session of another user, which continues', async () => {
    const [user, other] = [await app.a.user(), await app.a.user()];
    const { body } = await app.client.as(other).get('/auth/sessions');
    expect((await app.client.as(user).delete(`/auth/sessions/${body.sessions[0].id}`)).status).toBe(404);
    expect((await app.client.as(other).get('/auth/me')).status).toBe(200);
  });
});

describe('POST /auth/logout', () => {
  it('ends the session and clears the cookie', async () => {
    const user = await app.a.user();
    const answer = await app.client.withCookie(user).post('/auth/logout');
    expect(answer).toMatchObject({ status: 200, body: { data: 'Logged out', code: 200 } });
    expect(answer.headers['set-cookie']).toMatch(/^refreshToken=; Max-Age=0; /);
    expect((await app.client.withCookie(user).get('/auth/me')).status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
  });

  it('clears the cookie when it is invalid, duplicated or missing', async () => {
    for (const cookie of ['refreshToken=nonsense', 'refreshToken=a; refreshToken=b', '']) {
      const answer = await app.client.with({ cookie }).post('/auth/logout');
      expect(answer.status).toBe(401);
      expect(answer.headers['set-cookie']).toMatch(/^refreshToken=; Max-Age=0; /);
    }
  });
});

describe('access tokens', () => {
  const base = { iss: 'tankobon', aud: 'tankobon:access' };
  const key = createSecretKey(Buffer.from(JWT_SECRET));
  const unsigned = (header: object, payload: object) =>
    [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');

  it('rejects an expired token even when its signature has been verified before', async () => {
    const user = await app.a.user();
    const { sub, sid } = jwt.decode(user.accessToken) as { sub: string; sid: string };
    const exp = Math.floor(Date.now() / 1000) + 600;
    const accessToken = jwt.sign({ ...base, sub, sid, exp }, key);
    const me = async () => (await app.client.as({ ...user, accessToken }).get('/auth/me')).status;
    expect([await me(), await me()]).toEqual([200, 200]);
    vi.useFakeTimers({ toFake: ['Date'], now: (exp - 1) * 1000 });
    try {
      expect(await me()).toBe(200);
      vi.setSystemTime(exp * 1000);
      expect(await me()).toBe(401);
    } finally {
      vi.useRealTimers();
    }
  });

  it('rejects more than 60 forged, altered and expired tokens with 401', async () => {
    const user = await app.a.user();
    const { sub, sid } = jwt.decode(user.accessToken) as { sub: string; sid: string };
    const claims = { ...base, sub, sid };
    const sign = (payload: object, options: jwt.SignOptions = { expiresIn: 600 }, secret: jwt.Secret = key) =>
      jwt.sign(payload, secret, options);
    const none = unsigned({ alg: 'none', typ: 'JWT' }, { ...claims, exp: 9e9 });
    const swapped = unsigned({ alg: 'RS256', typ: 'JWT' }, { ...claims, exp: 9e9 });
    const [head, body, signature] = user.accessToken.split('.') as [string, string, string];
    const forged = [
      `${none}.`,
      `${none}.${signature}`,
      `${swapped}.${createHmac('sha256', JWT_SECRET).update(swapped).digest('base64url')}`,
      sign(claims, { expiresIn: 600, algorithm: 'HS512' }),
      sign(claims, { expiresIn: 600, algorithm: 'HS384' }),
      sign(claims, { expiresIn: 600 }, 'another secret of more than 32 bytes !'),
      sign(claims, { expiresIn: -1 }),
      sign({ ...claims, nbf: 9e9 }),
      sign({ ...claims, iss: 'someone' }),
      sign({ ...claims, aud: 'tankobon:refresh' }),
      sign({ ...claims, aud: 'other' }),
      sign({ sub, sid }),
      sign({ ...claims, sub: undefined }),
      sign({ ...claims, sub: 1 }),
      sign({ ...claims, sub: `${sub}'--` }),
      sign({ ...claims, sid: undefined }),
      sign({ ...claims, sid: 'x' }),
      sign({ ...claims, sid: randomUUID() }),
      user.cookie,
      `${head}.${body}.${signature.slice(0, -2)}`,
      `${head}.${body}`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, exp: 9e9 })).toString('base64url')}.${signature}`,
      ...Array.from({ length: 20 }, (_, index) => user.accessToken.slice(0, index * 7)),
      ...Array.from({ length: 20 }, (_, index) => `${user.accessToken}${'='.repeat(index + 1)}x`),
    ];
    expect(forged.length).toBeGreaterThan(60);
    for (const accessToken of forged) {
      const answer = await app.client.as({ ...user, accessToken }).get('/auth/me');
      expect(answer, accessToken).toMatchObject({ status: 401, body: unauthorized });
    }
    const asCookie = await app.client.withCookie({ ...user, cookie: user.accessToken }).get('/auth/me');
    expect(asCookie.status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(200);
  });

  it('answers 404 User not found to credentials of a deleted user', async () => {
    const user = await app.a.user();
    const gone = { status: 404, body: { data: 'User not found', code: 404 } };
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    expect(await app.client.as(user).get('/auth/me')).toMatchObject(gone);
    expect(await app.client.withCookie(user).get('/user/reading-history')).toMatchObject(gone);
    expect(await app.client.withCookie(user).post('/auth/refresh')).toMatchObject(gone);
    expect(await app.client.as(user).get('/series')).toMatchObject(gone);
  });
});

describe('cross-site requests', () => {
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:3001' },
    { origin: 'http://sub.localhost:3000' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];

  it.each(foreign)('answers 403 to changing requests by cookie with the headers %j', async (headers) => {
    const user = await app.a.user();
    const client = app.client.withCookie(user).with(headers);
    expect(await client.post('/auth/refresh')).toMatchObject({
      status: 403,
      body: { data: 'Forbidden', code: 403 },
    });
    expect((await client.delete('/auth/sessions')).status).toBe(403);
    const logout = await client.post('/auth/logout');
    expect(logout.status).toBe(403);
    expect(logout.headers['set-cookie']).toBeUndefined();
    expect((await client.get('/auth/me')).status).toBe(200);
    expect((await app.client.as(user).with(headers).post('/auth/logout')).status).toBe(200);
  });

  it.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'http://[::1]:3000'])(
    'accepts requests by cookie from the local origin %s',
    async (origin) => {
      const user = await app.a.user();
      expect((await app.client.withCookie(user).with({ origin }).post('/auth/refresh')).status).toBe(200);
    },
  );

  it('sends CORS headers to the origins of CORS_ORIGINS only', async () => {
    const open = await startApp({ CORS_ORIGINS: 'https://app.example' }, app.database);
    const preflight = {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const allowed = await open.nest.inject({
      method: 'OPTIONS',
      url: '/auth/login',
      headers: { origin: 'https://app.example', ...preflight },
    });
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
    });
    const refused = await open.nest.inject({ url: '/series', headers: { origin: 'https://evil.example' } });
    expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    expect(refused.headers['vary']).toContain('Origin');
    await open.close();
  });

  it('sets Secure and SameSite of the cookie as PUBLIC_URL and COOKIE_SAME_SITE configure them', async () => {
    const flags = async (env: Record<string, string>) => {
      const other = await startApp(env, app.database);
      const answer = await other.client.post('/auth/register', {
        username: unique('u'),
        password: 'correct horse',
      });
      await other.close();
      return String(answer.headers['set-cookie']).split('; ').slice(2);
    };
    expect(await flags({ PUBLIC_URL: 'https://api.example' })).toEqual([
      'Path=/',
      'HttpOnly',
      'Secure',
      'SameSite=Lax',
    ]);
    const elsewhere = { PUBLIC_URL: 'https://api.example', CORS_ORIGINS: 'https://app.example' };
    expect(await flags({ ...elsewhere, COOKIE_SAME_SITE: 'none' })).toEqual([
      'Path=/',
      'HttpOnly',
      'Secure',
      'SameSite=None',
    ]);
  });
});

describe('concurrent changes of an account', () => {
  it('ends the sessions of 20 sign-ins that are concurrent with a change of the password', async () => {
    for (let round = 0; round < 3; round++) {
      const user = await app.a.user();
      const logins = Array.from({ length: 20 }, () =>
        app.client.post('/auth/login', { username: user.username, password: user.password }),
      );
      const change = app.client.as(user).put('/users/current', { password: 'another horse' });
      const answers = await Promise.all(logins);
      expect((await change).status).toBe(200);
      for (const answer of answers.filter(({ status }) => status === 200)) {
        const client = app.client.withCookie({ ...user, cookie: refreshCookie(answer) });
        expect((await client.get('/auth/me')).status).toBe(401);
      }
      expect((await app.client.as(user).get('/auth/me')).status).toBe(200);
    }
  });

  it('accepts one of six concurrent changes of the password, and keeps the session that made it', async () => {
    const user = await app.a.user();
    const sessions = await Promise.all(Array.from({ length: 6 }, () => app.a.signIn(user.username)));
    const answers = await Promise.all(
      sessions.map((session, index) =>
        app.client.as(session).put('/users/current', { password: `another horse ${index}` }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401, 401]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await app.client.as(sessions[winner] as (typeof sessions)[0]).get('/auth/me')).status).toBe(200);
    await app.a.signIn(user.username, `another horse ${winner}`);
  });

  it('asks nobody for a password whose session has ended since the guard accepted it', async () => {
    const { id: userId, password } = await app.a.user();
    const viewer = { userId, sessionId: randomUUID(), ip: '192.0.2.1', credential: 'session' as const };
    for (const given of [undefined, password]) {
      await expect(app.nest.get(RecentSignIn).require(viewer as never, given)).rejects.toMatchObject({
        definition: { status: 401 },
      });
    }
  });

  it('answers 200, 401 or 404 to requests that are concurrent with the deletion of their account', async () => {
    const ids = await app.a.series(...Array.from({ length: 12 }, () => ({})));
    for (let round = 0; round < 3; round++) {
      const user = await app.a.user();
      const body = await app.a.entry();
      const requests = [
        ...ids.map((id) => app.client.as(user).post(`/user/reading-status/add/${id}`, body)),
        ...ids.map(() =>
          app.client.post('/auth/login', { username: user.username, password: user.password }),
        ),
        ...ids.map(() => app.client.withCookie(user).post('/auth/refresh')),
      ];
      const deletion = app.client.as(user).delete('/users/current');
      const statuses = (await Promise.all(requests)).map(({ status }) => status);
      expect((await deletion).status).toBe(204);
      expect(statuses.filter((status) => ![200, 401, 404].includes(status))).toEqual([]);
    }
  });
});
