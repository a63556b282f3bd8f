import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newRecoveryCodes } from '../../src/two-factor/one-time-passwords.js';
import { appForFile, startApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import type { TestUser } from '../support/builders.js';
import { codeOf, freezeClock, withTwoFactor } from '../support/one-time-passwords.js';
import { wholeDatabase } from '../support/table-digests.js';

const app = appForFile();
beforeEach(freezeClock);
afterEach(() => {
  vi.useRealTimers();
});

const error = (status: number, data: string) => ({ status, body: { data, code: status } });
const INVALID = error(400, 'Invalid second factor');
const login = ({ username, password }: TestUser, code?: string) =>
  app.client.post('/auth/login', { username, password, ...(code === undefined ? {} : { code }) });

describe('POST /auth/two-factor and /confirm', () => {
  it('turns the second factor on with a code of the app, and answers ten recovery codes once', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    const { body } = await client.post('/auth/two-factor');
    expect(body.uri).toBe(
      `otpauth://totp/Tankobon:${user.username}?issuer=Tankobon&secret=${body.secret}&algorithm=SHA1&digits=6&period=30`,
    );
    expect((await login(user)).status).toBe(200);
    expect(await client.post('/auth/two-factor/confirm', { code: '000000x' })).toMatchObject(INVALID);
    expect((await client.get('/auth/me')).body.user.two_factor).toBe(false);
    const confirmed = await client.post('/auth/two-factor/confirm', { code: codeOf(body.secret) });
    expect(confirmed.status).toBe(200);
    expect(new Set(confirmed.body.recovery_codes).size).toBe(10);
    expect((await client.get('/auth/me')).body.user.two_factor).toBe(true);
    expect(await client.post('/auth/two-factor')).toMatchObject(error(409, 'Two-factor is on already'));
    expect(await client.post('/auth/two-factor/confirm', { code: codeOf(body.secret, 1) })).toMatchObject(
      error(409, 'Two-factor is on already'),
    );
    const stored = await wholeDatabase(app.database);
    for (const code of confirmed.body.recovery_codes) expect(stored).not.toContain(code);
    expect(await entriesAbout(app.database, user.id)).toMatchObject([
      { actor: user.id, action: 'account.two-factor-on', before: null, after: null },
    ]);
  });

  it('forgets a pending secret after ten minutes, and replaces it by a newer one', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    expect(await client.post('/auth/two-factor/confirm', { code: '123456' })).toMatchObject(
      error(409, 'Two-factor is off'),
    );
    const first = (await client.post('/auth/two-factor')).body.secret;
    const second = (await client.post('/auth/two-factor')).body.secret;
    expect(await client.post('/auth/two-factor/confirm', { code: codeOf(first) })).toMatchObject(INVALID);
    await app.database.query(
      `update two_factors set created = created - interval '10 minutes' where user_id = $1`,
      [user.id],
    );
    expect(await client.post('/auth/two-factor/confirm', { code: codeOf(second) })).toMatchObject(
      error(409, 'Two-factor is off'),
    );
  });
});

describe('POST /auth/login with a second factor', () => {
  it('requires a code after the right password, and shows nothing after a wrong one', async () => {
    const user = await app.a.user();
    const { secret } = await withTwoFactor(app, user);
    const required = await login(user);
    expect(required).toMatchObject(error(401, 'Second factor required'));
    expect(required.headers['set-cookie']).toBeUndefined();
    expect(await login(user, ' ')).toMatchObject(error(401, 'Second factor required'));
    expect(await login(user, '12345')).toMatchObject(error(401, 'Invalid second factor'));
    const wrong = { ...user, password: 'wrong horse' };
    expect(await login(wrong, codeOf(secret))).toMatchObject(error(401, 'Invalid credentials'));
    expect((await login(user, ` ${codeOf(secret).slice(0, 3)} ${codeOf(secret).slice(3)}`)).status).toBe(200);
  });

  it('accepts a clock that differs by one step, each code once, and no code of two steps away', async () => {
    const user = await app.a.user();
    const { secret } = await withTwoFactor(app, user);
    for (const steps of [-3, -2, 2, 3])
      expect(await login(user, codeOf(secret, steps)), String(steps)).toMatchObject(
        error(401, 'Invalid second factor'),
      );
    // The code of the previous step has turned the second factor on.
    expect((await login(user, codeOf(secret, -1))).status).toBe(401);
    expect((await login(user, codeOf(secret, 1))).status).toBe(200);
    expect((await login(user, codeOf(secret, 0))).status).toBe(200);
    for (const steps of [-1, 0, 1]) expect((await login(user, codeOf(secret, steps))).status).toBe(401);
  });

  it('accepts a code once when 100 sign-ins use it at the same time', async () => {
    const user = await app.a.user();
    const { secret, codes } = await withTwoFactor(app, user);
    for (const code of [codeOf(secret), codes[0] as string]) {
      const answers = await Promise.all(Array.from({ length: 100 }, () => login(user, code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(99);
    }
  });

  it('lets a user who lost the app in with each recovery code, once, in any spelling', async () => {
    const user = await app.a.user();
    const { codes } = await withTwoFactor(app, user);
    const [first = '', second = ''] = codes;
    expect((await login(user, first)).status).toBe(200);
    expect(await login(user, first)).toMatchObject(error(401, 'Invalid second factor'));
    expect((await login(user, second.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
  });

  it('rejects 1,000 wrong codes', async () => {
    const user = await app.a.user();
    const { secret } = await withTwoFactor(app, user);
    const valid = [-1, 0, 1].map((steps) => codeOf(secret, steps));
    const wrong = Array.from({ length: 1100 }, (_, index) =>
      String(index * 907)
        .padStart(6, '0')
        .slice(-6),
    );
    const tried = wrong.filter((code) => !valid.includes(code)).slice(0, 1000);
    const signedIn = app.client.as(user);
    for (const code of tried)
      expect((await signedIn.post('/auth/two-factor/disable', { code })).status, code).toBe(400);
    expect((await login(user, codeOf(secret))).status).toBe(200);
  });

  it('rejects replays of a code, and 1,000 forged and replayed recovery codes', async () => {
    const user = await app.a.user();
    const { secret, codes } = await withTwoFactor(app, user);
    const [used = '', unused = ''] = codes;
    for (const code of [codeOf(secret), used]) expect((await login(user, code)).status).toBe(200);
    const other = await withTwoFactor(app, await app.a.user());
    const forged = Array.from({ length: 50 }, newRecoveryCodes).flat();
    const replayed = Array.from({ length: 500 }, () => used);
    const steps = Array.from({ length: 50 }, () => codeOf(secret));
    const signedIn = app.client.as(user);
    for (const code of [...steps, ...forged, ...replayed, ...other.codes])
      expect((await signedIn.post('/auth/two-factor/disable', { code })).status, code).toBe(400);
    expect((await login(user, unused)).status).toBe(200);
  });

  it('answers 429 to the second step after ten wrong codes from any address, for 15 minutes from the tenth', async () => {
    const user = await app.a.user();
    const { secret } = await withTwoFactor(app, user);
    const limited = await startApp({ RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' }, app.database);
    const attempt = (code: string | undefined, index: number) =>
      limited.client
        .with({ 'x-forwarded-for': `192.0.2.${index}` })
        .post('/auth/login', { username: user.username, password: user.password, code });
    for (let index = 0; index < 9; index++) expect((await attempt('000001', index)).status).toBe(401);
    await app.database.query(
      `update rate_limits set expire = expire - 600000 where key like 'secondFactor:%'`,
    );
    expect((await attempt('000001', 9)).status).toBe(401);
    const refused = await attempt(codeOf(secret), 10);
    expect(refused).toMatchObject(error(429, 'Too many requests.'));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(14 * 60);
    expect(await attempt(undefined, 11)).toMatchObject(error(401, 'Second factor required'));
    await limited.close();
  });
});

describe('POST /auth/two-factor/disable and /recovery-codes', () => {
  it('turns the second factor off with a code of the app or a recovery code', async () => {
    for (const which of ['app', 'recovery'] as const) {
      const user = await app.a.user();
      const client = app.client.as(user);
      expect(await client.post('/auth/two-factor/disable', { code: '123456' })).toMatchObject(
        error(409, 'Two-factor is off'),
      );
      const { secret, codes } = await withTwoFactor(app, user);
      const code = which === 'app' ? codeOf(secret) : (codes[9] as string);
      expect((await client.post('/auth/two-factor/disable', { code })).status).toBe(204);
      expect((await login(user)).status).toBe(200);
      expect(await app.database.query('select from recovery_codes where user_id = $1', [user.id])).toEqual(
        [],
      );
    }
  });

  it('replaces the recovery codes', async () => {
    const user = await app.a.user();
    const { secret, codes } = await withTwoFactor(app, user);
    const client = app.client.as(user);
    expect(await client.post('/auth/two-factor/recovery-codes', { code: '1' })).toMatchObject(INVALID);
    const renewed = await client.post('/auth/two-factor/recovery-codes', { code: codeOf(secret) });
    expect(renewed.body.recovery_codes).toHaveLength(10);
    expect((await login(user, codes[0])).status).toBe(401);
    expect((await login(user, renewed.body.recovery_codes[0])).status).toBe(200);
  });
});

describe('Paths to a session', () => {
  it('opens no session without the second factor when it is turned on during a sign-in', async () => {
    const { SessionsService } = await import('../../src/access/sessions.service.js');
    const { UsersService } = await import('../../src/users/users.service.js');
    const user = await app.a.user();
    const verified = await app.nest.get(UsersService).findLogin(user.username);
    await withTwoFactor(app, user);
    const device = { ip: '', userAgent: null };
    const sessions = app.nest.get(SessionsService);
    expect(await sessions.open(verified as NonNullable<typeof verified>, device, false)).toBeNull();
    expect(await sessions.open(verified as NonNullable<typeof verified>, device, true)).not.toBeNull();
  });

  it('needs the second factor after a new password by link, by mail and by an administrator', async () => {
    const user = await app.a.user();
    await withTwoFactor(app, user);
    const admin = app.client.as(await app.a.administrator());
    const { url } = (await admin.post(`/admin/users/${user.id}/password-reset`)).body;
    const token = new URL(url).hash.slice('#token='.length);
    const password = 'a new horse battery';
    const reset = await app.client.post('/auth/password/reset', { token, password });
    expect(reset.status).toBe(200);
    expect(reset.headers['set-cookie']).toBeUndefined();
    expect(await login({ ...user, password })).toMatchObject(error(401, 'Second factor required'));
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
  });

  it('lets an administrator turn the second factor of a user off', async () => {
    const user = await app.a.user();
    await withTwoFactor(app, user);
    const admin = app.client.as(await app.a.administrator());
    expect((await admin.post(`/admin/users/${user.id}/two-factor/disable`)).status).toBe(204);
    expect((await login(user)).status).toBe(200);
    expect((await entriesAbout(app.database, user.id)).map(({ action }) => action)).toEqual([
      'account.two-factor-on',
      'user.two-factor-off',
    ]);
  });
});
