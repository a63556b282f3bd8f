import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { unique } from '../support/builders.js';
import { type Answer, refreshCookie } from '../support/client.js';
import { OidcServer, type Person } from '../support/oidc.js';
import { freezeClock, withTwoFactor } from '../support/one-time-passwords.js';
import { wholeDatabase } from '../support/table-digests.js';

const SERVICE = 'http://localhost:3000';
const DASHBOARD = `${SERVICE}/dashboard`;
let provider: OidcServer;
let app: TestApp;
let env: Record<string, string>;

beforeAll(async () => {
  provider = await OidcServer.start(['one', 'two'].map((name) => `${SERVICE}/auth/oidc/${name}/callback`));
  env = { OIDC_PROVIDERS: 'one,two,down,wrong' };
  const issuers = {
    ONE: provider.issuer,
    TWO: provider.issuer,
    DOWN: 'http://localhost:9',
    WRONG: `${provider.issuer}/x`,
  };
  for (const [name, issuer] of Object.entries(issuers)) {
    Object.assign(env, {
      [`OIDC_${name}_ISSUER`]: issuer,
      [`OIDC_${name}_CLIENT_ID`]: 'tankobon',
      [`OIDC_${name}_CLIENT_SECRET`]: 'a secret',
    });
  }
  env['OIDC_ONE_LABEL'] = 'One ID';
  app = await startApp(env);
});
afterAll(async () => {
  await app.close();
  await provider.close();
});

const browserOf = (answer: Answer) => /oidc=[^;]+/.exec(String(answer.headers['set-cookie']))?.[0] ?? '';
const pathOf = (url: string) => url.slice(SERVICE.length);

/** Begins a sign-in at the provider. */
async function begin(name = 'one', on = app): Promise<{ url: string; browser: string }> {
  const answer = await on.client.get(`/auth/oidc/${name}`);
  expect(answer.status).toBe(302);
  return { url: String(answer.headers['location']), browser: browserOf(answer) };
}

/** A new person at the provider. @returns the name */
function aPerson(person: Person = {}): string {
  const name = unique('person');
  provider.people.set(name, person);
  return name;
}

/** Signs a person in. @returns the answer of the callback */
async function signIn(person: string, on = app): Promise<Answer> {
  const { url, browser } = await begin('one', on);
  return on.client.with({ cookie: browser }).get(pathOf(await provider.visit(url, person)));
}

async function userOf(answer: Answer) {
  expect(answer).toMatchObject({ status: 302, headers: { location: DASHBOARD } });
  const cookie = refreshCookie(answer);
  const refreshed = await app.client.withCookie({ cookie, accessToken: '' }).post('/auth/refresh');
  expect(refreshed.status).toBe(200);
  const { user, accessToken } = refreshed.body;
  return { ...user, accessToken, cookie: refreshCookie(refreshed) };
}

const failure = (reason: string) => ({ status: 302, headers: { location: `${DASHBOARD}#error=${reason}` } });

describe('GET /auth/providers', () => {
  it('lists the providers and says who may register', async () => {
    expect((await app.client.get('/auth/providers')).body).toEqual({
      registration: 'open',
      providers: [
        { id: 'one', label: 'One ID' },
        { id: 'two', label: 'two' },
        { id: 'down', label: 'down' },
        { id: 'wrong', label: 'wrong' },
      ],
    });
  });
});

describe('Sign-in with a provider', () => {
  it('creates an account, and signs in to the same account afterwards', async () => {
    const email = `${unique('haruka')}@example.com`;
    const person = aPerson({
      email,
      email_verified: true,
      preferred_username: 'Härüka !',
      given_name: 'Haruka',
    });
    const { url, browser } = await begin();
    expect(url).toContain('code_challenge_method=S256');
    const answer = await app.client.with({ cookie: browser }).get(pathOf(await provider.visit(url, person)));
    const user = await userOf(answer);
    expect(user).toMatchObject({
      username: 'Haruka',
      email,
      email_verified: true,
      first_name: 'Haruka',
      roles: ['user'],
      two_factor: false,
    });
    expect((await userOf(await signIn(person))).id).toBe(user.id);
    const other = await userOf(await signIn(aPerson({ preferred_username: 'haruka' })));
    expect(other.username).toMatch(/^haruka-\d{6}$/);
    const list = (await app.client.as(user).get('/auth/identities')).body.identities;
    expect(list).toMatchObject([{ provider: 'one', last_used: expect.any(String) }]);
    expect(await app.client.post('/auth/login', { username: user.username, password: 'null' })).toMatchObject(
      {
        status: 401,
        body: { data: 'Invalid credentials' },
      },
    );
  });

  it('never joins an existing account that has the same address: the new account has none', async () => {
    const email = `${unique('victim')}@example.com`;
    const victim = await app.a.user({ email });
    await app.database.query('update users set email_verified = true where id = $1', [victim.id]);
    const user = await userOf(await signIn(aPerson({ email: email.toUpperCase(), email_verified: true })));
    expect(user.id).not.toBe(victim.id);
    expect(user).toMatchObject({ email: null, email_verified: false });
    expect((await app.client.as(victim).get('/auth/me')).body.user.email).toBe(email);
  });

  it('takes no address that the provider has not verified', async () => {
    for (const verified of [{ email_verified: false }, {}]) {
      const user = await userOf(await signIn(aPerson({ email: `${unique('x')}@example.com`, ...verified })));
      expect(user).toMatchObject({ email: null, email_verified: false });
    }
  });

  it('accepts a callback once, in the browser and for the provider that it was begun for', async () => {
    const { url, browser } = await begin();
    const callback = pathOf(await provider.visit(url, aPerson()));
    const other = (await begin()).browser;
    for (const headers of [{}, { cookie: other }, { cookie: 'oidc=x' }] as Record<string, string>[])
      expect(await app.client.with(headers).get(callback)).toMatchObject(failure('expired'));
    expect(await app.client.with({ cookie: browser }).get(callback.replace('/one/', '/two/'))).toMatchObject(
      failure('expired'),
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => app.client.with({ cookie: browser }).get(callback)),
    );
    expect(answers.filter((answer) => refreshCookie(answer) !== '')).toHaveLength(1);
    expect(await app.client.with({ cookie: browser }).get(callback)).toMatchObject(failure('expired'));
  });

  it('refuses 1,000 forged and replayed callbacks', async () => {
    const { url, browser } = await begin();
    const callback = new URL(await provider.visit(url, aPerson()));
    const client = app.client.with({ cookie: browser });
    expect(refreshCookie(await client.get(pathOf(callback.href)))).not.toBe('');
    const forged = () => {
      const url = new URL(callback);
      url.searchParams.set('state', randomBytes(32).toString('base64url'));
      return url;
    };
    for (let count = 0; count < 1000; count++) {
      const answer = await client.get(pathOf((count % 2 === 0 ? forged() : callback).href));
      expect(answer).toMatchObject(failure('expired'));
      expect(refreshCookie(answer)).toBe('');
    }
  });

  it('ends an attempt after ten minutes', async () => {
    const { url, browser } = await begin();
    const callback = pathOf(await provider.visit(url, aPerson()));
    await app.database.query(`update oidc_attempts set expires = expires - interval '10 minutes'`);
    expect(await app.client.with({ cookie: browser }).get(callback)).toMatchObject(failure('expired'));
  });

  it.each([
    ['another code', 'code', 'x'],
    ['another issuer', 'iss', 'http://localhost:9'],
    ['no code', 'code', ''],
  ])('answers provider-error to a callback with %s', async (_, name, value) => {
    const { url, browser } = await begin();
    const callback = new URL(await provider.visit(url, aPerson()));
    callback.searchParams.set(name, value);
    const answer = await app.client.with({ cookie: browser }).get(pathOf(callback.href));
    expect(answer).toMatchObject(failure('provider-error'));
  });

  it('answers provider-error to a code that belongs to another visit (nonce and PKCE)', async () => {
    const [one, other] = [await begin(), await begin()];
    const callback = new URL(await provider.visit(one.url, aPerson()));
    const stolen = new URL(await provider.visit(other.url, aPerson()));
    callback.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const answer = await app.client.with({ cookie: one.browser }).get(pathOf(callback.href));
    expect(answer).toMatchObject(failure('provider-error'));
  });

  it('answers denied when the person cancels, and provider-error when the provider is down or another issuer', async () => {
    const { url, browser } = await begin();
    const callback = pathOf(await provider.visit(url, aPerson(), false));
    expect(await app.client.with({ cookie: browser }).get(callback)).toMatchObject(failure('denied'));
    for (const name of ['down', 'wrong'])
      expect(await app.client.get(`/auth/oidc/${name}`)).toMatchObject(failure('provider-error'));
    expect(await app.client.get('/auth/oidc/none')).toMatchObject({
      status: 404,
      body: { data: 'Provider not found' },
    });
  });

  it('works again when a provider that was down at the first use is back', async () => {
    const fresh = await startApp(env, app.database);
    await provider.close();
    expect((await fresh.client.get('/auth/oidc/one')).headers['location']).toBe(
      `${DASHBOARD}#error=provider-error`,
    );
    await provider.open();
    expect((await begin('one', fresh)).url).toContain(provider.issuer);
    await fresh.close();
  });

  it('returns to the service, to origins of CORS_ORIGINS and to frontends of clients only', async () => {
    const admin = app.client.as(await app.a.administrator());
    await admin.post('/admin/clients', { name: 'Manga', url: 'https://manga.example.com/app' });
    for (const target of ['http://localhost:3000/x?y=1', 'https://manga.example.com/after']) {
      const answer = await app.client.get(`/auth/oidc/one?return_to=${encodeURIComponent(target)}`);
      const callback = pathOf(await provider.visit(String(answer.headers['location']), aPerson()));
      const returned = await app.client.with({ cookie: browserOf(answer) }).get(callback);
      expect(returned.headers['location']).toBe(target);
    }
    for (const target of [
      'https://evil.example',
      '//evil.example',
      'x',
      'javascript:alert(1)',
      'https://a:b@manga.example.com',
      'http://manga.example.com',
      'https://manga.example.com.evil.example',
    ]) {
      const answer = await app.client.get(`/auth/oidc/one?return_to=${encodeURIComponent(target)}`);
      expect(answer, target).toMatchObject({ status: 400, body: { errors: [{ field: 'return_to' }] } });
    }
  });

  it('creates no account while registration is not open, and signs existing ones in', async () => {
    const person = aPerson();
    const { id } = await userOf(await signIn(person));
    for (const mode of ['invite', 'closed']) {
      const on = await startApp({ ...env, REGISTRATION: mode }, app.database);
      expect(await signIn(aPerson(), on)).toMatchObject(failure('registration-closed'));
      expect((await userOf(await signIn(person, on))).id).toBe(id);
      await on.close();
    }
  });

  it('answers denied to a suspended user', async () => {
    const person = aPerson();
    const { id } = await userOf(await signIn(person));
    await app.database.query('update users set suspended = true where id = $1', [id]);
    const answer = await signIn(person);
    expect(answer).toMatchObject(failure('denied'));
    expect(refreshCookie(answer)).toBe('');
  });

  it('stores neither state nor nonce, and frees the identity of a deleted account', async () => {
    const person = aPerson();
    const { url } = await begin();
    const stored = await wholeDatabase(app.database);
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(stored).not.toContain(new URL(url).searchParams.get(name));
    const user = await userOf(await signIn(person));
    expect((await app.client.as(user).delete('/users/current')).status).toBe(204);
    expect((await userOf(await signIn(person))).id).not.toBe(user.id);
  });
});

describe('/auth/identities', () => {
  /** Links a person to the account of a client. @returns the answer of the callback */
  async function link(client: TestApp['client'], person: string): Promise<Answer> {
    const answer = await client.post('/auth/identities', { provider: 'one' });
    expect(answer.status).toBe(200);
    const callback = pathOf(await provider.visit(answer.body.url, person));
    return app.client.with({ cookie: browserOf(answer) }).get(callback);
  }

  it('links an identity to the account of the session, and unlinks it', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    const person = aPerson();
    const linked = await link(client, person);
    expect(linked).toMatchObject({ status: 302, headers: { location: DASHBOARD } });
    expect(refreshCookie(linked)).toBe('');
    expect((await userOf(await signIn(person))).id).toBe(user.id);
    const [identity] = (await client.get('/auth/identities')).body.identities;
    expect((await client.delete(`/auth/identities/${identity.id}`)).status).toBe(204);
    expect(await client.delete(`/auth/identities/${identity.id}`)).toMatchObject({
      status: 404,
      body: { data: 'Identity not found' },
    });
    expect((await userOf(await signIn(person))).id).not.toBe(user.id);
    expect((await entriesAbout(app.database, user.id)).map(({ action }) => action)).toEqual([
      'account.link-identity',
      'account.unlink-identity',
    ]);
  });

  it('links no identity of another account, and none to a session that has ended', async () => {
    const [one, other] = [await app.a.user(), await app.a.user()];
    const person = aPerson();
    await link(app.client.as(one), person);
    expect(await link(app.client.as(other), person)).toMatchObject(failure('already-linked'));
    const answer = await app.client.as(other).post('/auth/identities', { provider: 'one' });
    const callback = pathOf(await provider.visit(answer.body.url, aPerson()));
    await app.client.as(other).post('/auth/logout');
    expect(await app.client.with({ cookie: browserOf(answer) }).get(callback)).toMatchObject(
      failure('expired'),
    );
  });

  it('links no identity in a browser that another session uses by then', async () => {
    const [one, other] = [await app.a.user(), await app.a.user()];
    const person = aPerson();
    const visit = async (cookie: string) => {
      const answer = await app.client.as(one).post('/auth/identities', { provider: 'one' });
      const callback = pathOf(await provider.visit(answer.body.url, person));
      return app.client.with({ cookie: `${browserOf(answer)}; ${cookie}` }).get(callback);
    };
    expect(await visit(`refreshToken=${other.cookie}`)).toMatchObject(failure('expired'));
    expect((await app.client.as(one).get('/auth/identities')).body.identities).toEqual([]);
    const linked = await visit(`refreshToken=${one.cookie}`);
    expect(linked).toMatchObject({ status: 302, headers: { location: DASHBOARD } });
  });

  it('keeps the last way to sign in of an account without a password', async () => {
    const user = await userOf(await signIn(aPerson()));
    const client = app.client.as(user);
    const [identity] = (await client.get('/auth/identities')).body.identities;
    expect(await client.delete(`/auth/identities/${identity.id}`)).toMatchObject({
      status: 409,
      body: { data: 'Last way to sign in' },
    });
    expect((await client.put('/users/current', { password: 'correct horse' })).status).toBe(200);
    expect((await client.delete(`/auth/identities/${identity.id}`)).status).toBe(204);
  });

  it('needs a recent sign-in to link and to unlink', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    await link(client, aPerson());
    const [identity] = (await client.get('/auth/identities')).body.identities;
    await app.database.query(
      `update sessions set created = created - interval '15 minutes' where user_id = $1`,
      [user.id],
    );
    const again = { status: 403, body: { data: 'Sign in again' } };
    expect(await client.post('/auth/identities', { provider: 'one' })).toMatchObject(again);
    expect(await client.delete(`/auth/identities/${identity.id}`)).toMatchObject(again);
    const current_password = user.password;
    expect((await client.post('/auth/identities', { provider: 'one', current_password })).status).toBe(200);
    expect((await client.post('/auth/identities', { provider: 'none', current_password })).status).toBe(404);
  });

  describe('with a second factor', () => {
    beforeEach(freezeClock);
    afterEach(() => {
      vi.useRealTimers();
    });

    it('signs in without it, because the provider has authenticated the user', async () => {
      const user = await app.a.user();
      const person = aPerson();
      await link(app.client.as(user), person);
      await withTwoFactor(app, user);
      vi.useRealTimers();
      expect(await userOf(await signIn(person))).toMatchObject({ id: user.id, two_factor: true });
    });
  });
});
