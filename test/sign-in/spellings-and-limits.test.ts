import jwt from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { Migration20261126130000CapitalSharpS } from '../../src/database/migrations/Migration20261126130000_capital_sharp_s.js';
import { Migration20261126091000SignIn } from '../../src/database/migrations/Migration20261126091000_sign_in.js';
import { addressKey } from '../../src/http/client-address.js';
import { RateLimits } from '../../src/limits/rate-limits.js';
import { spellingKey } from '../../src/http/typed-text.js';
import { appForFile, startApp } from '../support/app.js';
import { unique } from '../support/builders.js';
import { refreshCookie } from '../support/client.js';

const app = appForFile();
const PASSWORD = 'correct horse battery';
const login = (username: string, password = PASSWORD) =>
  app.client.post('/auth/login', { username, password });
const register = (fields: Record<string, unknown>) =>
  app.client.post('/auth/register', { username: unique('typed'), password: PASSWORD, ...fields });

describe('spellings of usernames and email addresses', () => {
  it('accepts a sign-in with white space, invisible characters, other case or full width in the name', async () => {
    const username = unique('Reader.');
    const email = `${username}@example.com`;
    expect((await register({ username, email })).status).toBe(201);
    const wide = (text: string) =>
      [...text].map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)).join('');
    for (const spelling of [
      `${username} `,
      ` ${username}`,
      `\u3000${username}\u00a0`,
      `\u200b${username}\ufeff`,
      username.toUpperCase(),
      wide(username),
      `${email} `,
      `\t${email}\n`,
      wide(email),
      email.replace('e', '\u200be'),
      email.replace('x', '\u00adx'),
    ])
      expect((await login(spelling)).status, JSON.stringify(spelling)).toBe(200);
    for (const other of [`${username}x`, username.replace('.', ''), `x${email}`])
      expect((await login(other)).status, other).toBe(401);
  });

  it('stores usernames and email addresses without surrounding white space', async () => {
    const name = unique('trim');
    const answer = await register({ username: ` ${name}\u00a0`, email: `\u3000${name}@example.com ` });
    expect(answer).toMatchObject({
      status: 201,
      body: { user: { username: name, email: `${name}@example.com`, slug: name } },
    });
    const user = await app.a.user();
    const changed = await app.client
      .as(user)
      .put('/users/current', { username: `\t${name}2 `, email: ` ${name}2@example.com\u200b` });
    expect(changed).toMatchObject({
      status: 200,
      body: { username: `${name}2`, email: `${name}2@example.com` },
    });
    const admin = app.client.as(await app.a.administrator());
    expect(
      (
        await admin.patch(`/admin/users/${user.id}`, {
          username: `${name}3 `,
          email: ` ${name}3@example.com`,
        })
      ).body,
    ).toMatchObject({ username: `${name}3`, email: `${name}3@example.com` });
    expect((await app.client.as(user).put('/users/current', { email: '\u200b ' })).body.email).toBeNull();
  });

  it('answers 409 to every equivalent spelling of an email address that is taken', async () => {
    const name = unique('same');
    expect((await register({ email: `${name}@example.com` })).status).toBe(201);
    for (const email of [
      `\u200b${name}@example.com`,
      `${name}@example.com\u200b`,
      `\u3000${name}@example.com`,
      `${name}@EXAMPLE.com`,
      `${name}@example.com`.replace('s', 'ｓ'),
    ])
      expect(await register({ email }), JSON.stringify(email)).toMatchObject({
        status: 409,
        body: { data: 'Email already taken' },
      });
    for (const email of [`${name}\u200b1@example.com`, `${name} 1@example.com`, `${name}\u00ad1@example.com`])
      expect((await register({ email })).status, JSON.stringify(email)).toBe(400);
  });

  it('folds case, compatibility forms and invisible characters in the key of a spelling', () => {
    expect(spellingKey(' ＨＡＲＵＫＡ\u200b@ex\u00adample.ＣＯＭ')).toBe('haruka@example.com');
    expect(spellingKey('ﬁnn \u212aim')).toBe('finn kim');
    expect(['GROẞ', 'groß', 'GROSS'].map(spellingKey)).toEqual(['gross', 'gross', 'gross']);
  });

  it('migrates stored email addresses to their clean form unless another account has it', async () => {
    const name = unique('old');
    const ids = ['a', 'b', 'c'].map((letter) => `${letter.repeat(4)}${'0'.repeat(20)}`);
    const dirty = [`\u200b${name}@example.com`, `${name}2@example.com\u200b`, `\u3000${name}2@example.com`];
    await register({ email: `${name}@example.com` });
    for (const [index, email] of dirty.entries()) {
      await app.database.query(
        `insert into users (id, username, slug, password_hash, email) values ($1, $2, $2, '', $3)`,
        [ids[index], `${name}-${index}`, email],
      );
      await app.database.query('insert into emails (key, user_id) values ($1, $2)', [
        email.normalize('NFKC'),
        ids[index],
      ]);
    }
    const migration = new Migration20261126091000SignIn(undefined as never, undefined as never);
    migration.up();
    for (const query of migration.getQueries().slice(2)) await app.database.query(String(query));
    const rows = await app.database.query<{ email: string; key: string }>(
      `select u.email, e.key from users u join emails e on e.user_id = u.id where u.id = any($1) order by u.id`,
      [ids],
    );
    expect(rows.map(({ email }) => email)).toContain(`${name}2@example.com`);
    // The first address is unchanged because its clean form is taken. One of the other two gets their common form.
    expect(rows[0]).toEqual({ email: dirty[0], key: (dirty[0] as string).normalize('NFKC') });
    expect(rows.filter(({ email }) => email === `${name}2@example.com`)).toHaveLength(1);
  });

  it('migrates keys with a sharp s to ss unless another account has that key', async () => {
    const name = unique('sharp');
    const reader = await app.a.user();
    const other = await app.a.user();
    const add = (key: string, id: string) =>
      app.database.query('insert into emails (key, user_id) values ($1, $2)', [key, id]);
    await add(`${name}ß1@example.com`, reader.id);
    await add(`${name}ß2@example.com`, reader.id);
    await add(`${name}ss2@example.com`, other.id);
    const migration = new Migration20261126130000CapitalSharpS(undefined as never, undefined as never);
    migration.up();
    for (const query of migration.getQueries()) await app.database.query(String(query));
    const rows = await app.database.query<{ key: string }>(
      'select key from emails where key like $1 order by key',
      [`${name}%`],
    );
    expect(rows.map(({ key }) => key)).toEqual(
      ['ss1', 'ss2', 'ß2'].map((ending) => `${name}${ending}@example.com`),
    );
  });
});

describe('passwords', () => {
  const COMPOSED = 'p\u00e4sswort1 \u30d0';
  const DECOMPOSED = COMPOSED.normalize('NFD');

  it.each([
    ['composed', COMPOSED, DECOMPOSED],
    ['decomposed', DECOMPOSED, COMPOSED],
  ])('accepts a password that was registered in %s form in both Unicode forms', async (_, first, second) => {
    const username = unique('form');
    expect((await register({ username, password: first })).status).toBe(201);
    expect((await login(username, first)).status).toBe(200);
    expect((await login(username, second)).status).toBe(200);
    expect((await login(username, `${first} `)).status).toBe(401);
    expect((await login(username, ` ${first}`)).status).toBe(401);
  });

  it('accepts a password whose hash an earlier version made without Unicode normalization', async () => {
    const { hash } = await import('@node-rs/argon2');
    const user = await app.a.user();
    await app.database.query('update users set password_hash = $2 where id = $1', [
      user.id,
      await hash(DECOMPOSED),
    ]);
    expect((await login(user.username, DECOMPOSED)).status).toBe(200);
  });

  it('rejects a password of more than 512 bytes with 400 instead of hashing it', async () => {
    const { username } = await app.a.user();
    expect((await login(username, 'x'.repeat(513))).status).toBe(400);
    expect((await login(username, 'x'.repeat(512))).status).toBe(401);
  });
});

describe('failed sign-ins', () => {
  it('counts failed sign-ins of an account together for all spellings of its name and email address', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const username = unique('fiona.');
    const email = `${username}@example.com`;
    await register({ username, email });
    const attempt = async (name: string, password = 'wrong password') =>
      (await limited.client.post('/auth/login', { username: name, password })).status;
    const spellings = [
      username,
      email,
      email.replace('f', 'ｆ'),
      email.replace('fi', 'ﬁ'),
      ` ${username.toUpperCase()}`,
      `${email}\u200b`,
      email.replace('example', 'exａmple'),
      username,
      email,
      username,
    ];
    for (const name of spellings) expect(await attempt(name), name).toBe(401);
    for (const name of [...spellings, `\u3000${email}`]) expect(await attempt(name), name).toBe(429);
    expect(await attempt(username, PASSWORD)).toBe(429);
    await limited.close();
  });

  it('counts failed sign-ins of a name without an account by its folded spelling', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const name = unique('nobody');
    const attempt = async (username: string) =>
      (await limited.client.post('/auth/login', { username, password: PASSWORD })).status;
    for (let count = 0; count < 10; count++)
      expect(await attempt(count % 2 === 0 ? name : `${name.toUpperCase()}\u200b`)).toBe(401);
    expect(await attempt(` ${name}`)).toBe(429);
    expect(await attempt(`${name}x`)).toBe(401);
    await limited.close();
  });

  it('answers 429 after 100 failed sign-ins of an account from any address, and of an address with any name', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' }, app.database);
    const victim = await app.a.user();
    const from = (address: string) => limited.client.with({ 'x-forwarded-for': address });
    const attempt = async (address: string, username: string, password = 'wrong password') =>
      (await from(address).post('/auth/login', { username, password })).status;
    const limits = limited.nest.get(RateLimits);
    const account = [{ limit: 'loginAccount', key: victim.id }] as const;
    for (let count = 0; count < 99; count++) await limits.spendAll(account);
    expect(await attempt('203.0.113.1', victim.username)).toBe(401);
    expect(await attempt('203.0.113.2', victim.username)).toBe(429);
    expect(await attempt('203.0.113.3', victim.username, PASSWORD)).toBe(429);
    expect(await attempt('203.0.113.2', unique('other'))).toBe(401);
    const address = [{ limit: 'loginAddress', key: addressKey('203.0.113.9') }] as const;
    for (let count = 0; count < 99; count++) await limits.spendAll(address);
    expect(await attempt('203.0.113.9', unique('guess'))).toBe(401);
    expect(await attempt('203.0.113.9', unique('guess'))).toBe(429);
    await limited.close();
  });

  it('resets on success the counter of this account and address, but not the counter of the account', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const { username, id } = await app.a.user();
    const attempt = async (password: string) =>
      (await limited.client.post('/auth/login', { username, password })).status;
    for (let count = 0; count < 9; count++) expect(await attempt('wrong password')).toBe(401);
    expect(await attempt(PASSWORD)).toBe(200);
    const [row] = await app.database.query<{ points: number }>(
      `select points from rate_limits where key = $1`,
      [`loginAccount:${id}`],
    );
    expect(row?.points).toBe(9);
    for (let count = 0; count < 10; count++) expect(await attempt('wrong password')).toBe(401);
    expect(await attempt('wrong password')).toBe(429);
    await limited.close();
  });

  it('measures the time window of failed sign-ins by the clock of the database', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const name = unique('clock');
    const attempt = async () =>
      (await limited.client.post('/auth/login', { username: name, password: PASSWORD })).status;
    for (let count = 0; count < 10; count++) expect(await attempt()).toBe(401);
    expect(await attempt()).toBe(429);
    await app.database.query(`update rate_limits set expire = expire - 15 * 60000 where key like $1`, [
      `login:%${name}`,
    ]);
    expect(await attempt()).toBe(401);
    await limited.close();
  });

  it('answers 401 to 10 of 60 concurrent wrong passwords and 429 to 50', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const { username } = await app.a.user();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        limited.client.post('/auth/login', { username, password: 'wrong password' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(50);
    await limited.close();
  });
});

describe('a refresh whose response was lost', () => {
  const counterOf = (token: string) => (jwt.decode(token) as { cnt: number }).cnt;
  const ageSessions = (userId: string) =>
    app.database.query(
      `update sessions set issued_at = issued_at - interval '31 seconds' where user_id = $1`,
      [userId],
    );

  it('returns the current token again to the token before it, until the current one has been used', async () => {
    const user = await app.a.user();
    const lost = refreshCookie(await app.client.withCookie(user).post('/auth/refresh'));
    await ageSessions(user.id);
    expect((await app.client.withCookie(user).get('/auth/me')).status).toBe(401);
    for (let count = 0; count < 2; count++) {
      const late = await app.client.withCookie(user).post('/auth/refresh');
      expect(late.status).toBe(200);
      // Only the counters are compared: the test has changed the time of issue.
      expect(counterOf(refreshCookie(late))).toBe(counterOf(lost));
    }
    expect((await app.client.withCookie({ ...user, cookie: lost }).get('/auth/me')).status).toBe(200);
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
    expect((await app.client.withCookie({ ...user, cookie: lost }).get('/auth/me')).status).toBe(401);
  });

  it('ends the session when the token before is reused after a refresh with the current one', async () => {
    const user = await app.a.user();
    const child = refreshCookie(await app.client.withCookie(user).post('/auth/refresh'));
    // Within the grace period the refresh returns the same token, but marks it as used.
    await app.client.withCookie({ ...user, cookie: child }).post('/auth/refresh');
    await ageSessions(user.id);
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
  });

  it('ends the session when a token is reused that was replaced twice', async () => {
    const user = await app.a.user();
    const child = refreshCookie(await app.client.withCookie(user).post('/auth/refresh'));
    await ageSessions(user.id);
    await app.client.withCookie({ ...user, cookie: child }).post('/auth/refresh');
    await ageSessions(user.id);
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
  });
});

describe('links of a profile', () => {
  it.each([
    'https://julia_art.example.com/',
    'http://nas/reader',
    'http://[::1]:8080/',
    'http://[2001:db8::7]/a',
    'HTTPS://EXAMPLE.COM',
    'https://例え.jp/',
    'http://127.0.0.1:3000',
    'https://example.com./x?y#z',
  ])('accepts the profile link %s', async (website) => {
    const user = await app.a.user();
    for (const field of ['website', 'facebook', 'instagram', 'linkedin', 'x', 'youtube'])
      expect((await app.client.as(user).put('/users/current', { [field]: website })).status, field).toBe(200);
  });

  it.each([
    'javascript:alert(1)',
    'ftp://example.com',
    'example.com',
    'http://',
    'http:///nas',
    'http://a b',
    'http://a..b/',
    'https://exa<mple',
    'http://[::g]/',
    'http://nas:99999/',
    'data:text/html,x',
    '//example.com',
    ' https',
  ])('rejects the profile link %s with 400', async (website) => {
    const user = await app.a.user();
    expect((await app.client.as(user).put('/users/current', { website })).status).toBe(400);
  });
});
