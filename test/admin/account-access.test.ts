import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { unique } from '../support/builders.js';

const app = appForFile();
const error = (status: number, data: string) => ({ status, body: { data, code: status } });
const FORBIDDEN = error(403, 'Forbidden');
const SUSPENDED = error(403, 'Account suspended');
const tokenOf = (url: string) => new URL(url).hash.slice('#token='.length);

describe('POST /admin/users/{id}/password-reset', () => {
  it('lets a user without an address in again by a link that works once, and verifies no address', async () => {
    const email = `${unique('lost')}@example.com`;
    const user = await app.a.user({ email });
    const admin = app.client.as(await app.a.administrator());
    const { body } = await admin.post(`/admin/users/${user.id}/password-reset`);
    expect(body.url).toMatch(/^http:\/\/localhost:3000\/dashboard\/reset-password#token=/);
    expect((Date.parse(body.expires) - Date.now()) / 3_600_000).toBeGreaterThan(23.9);
    const token = tokenOf(body.url);
    const password = 'a new horse battery';
    const reset = () => app.client.post('/auth/password/reset', { token, password });
    expect((await reset()).status).toBe(200);
    expect((await reset()).status).toBe(400);
    const signedIn = await app.client.post('/auth/login', { username: user.username, password });
    expect(signedIn.body.user).toMatchObject({ id: user.id, email_verified: false });
    expect((await entriesAbout(app.database, user.id)).map(({ action }) => action)).toEqual([
      'user.password-reset',
      'account.reset-password',
    ]);
    expect((await admin.post(`/admin/users/${'f'.repeat(24)}/password-reset`)).status).toBe(404);
  });

  it('refuses to change the way into the account of a user with a permission that the actor lacks', async () => {
    const editor = app.client.as(await app.a.user({ permissions: ['edit-users', 'view-users'] }));
    const auditor = await app.a.user({ permissions: ['view-audit-log'] });
    const path = `/admin/users/${auditor.id}`;
    expect(await editor.post(`${path}/password-reset`)).toMatchObject(FORBIDDEN);
    expect(await editor.post(`${path}/two-factor/disable`)).toMatchObject(FORBIDDEN);
    expect(await editor.patch(path, { email: 'x@example.com' })).toMatchObject(FORBIDDEN);
    expect(await editor.patch(path, { suspended: true })).toMatchObject(FORBIDDEN);
    expect((await editor.patch(path, { first_name: 'Haru' })).status).toBe(200);
    // The permission of the role `user` does not count: the editor lacks it.
    const reader = await app.a.user();
    expect((await editor.post(`/admin/users/${reader.id}/password-reset`)).status).toBe(200);
    expect((await editor.patch(`/admin/users/${reader.id}`, { suspended: true })).status).toBe(200);
  });
});

describe('PATCH /admin/users/{id}', () => {
  it('suspends a user until this is lifted: sessions, refreshes and sign-ins answer 403', async () => {
    const user = await app.a.user();
    const admin = app.client.as(await app.a.administrator());
    const suspend = (suspended: boolean) => admin.patch(`/admin/users/${user.id}`, { suspended });
    expect((await suspend(true)).body).toMatchObject({ suspended: true });
    const clients = [app.client.as(user), app.client.withCookie(user)];
    for (const client of clients) {
      expect(await client.get('/auth/me')).toMatchObject(SUSPENDED);
      expect(await client.get('/series')).toMatchObject(SUSPENDED);
      expect(await client.get('/user/reading-history')).toMatchObject(SUSPENDED);
    }
    expect(await app.client.withCookie(user).post('/auth/refresh')).toMatchObject(SUSPENDED);
    const { username, password } = user;
    expect(await app.client.post('/auth/login', { username, password })).toMatchObject(SUSPENDED);
    expect(await app.client.post('/auth/login', { username, password: 'wrong horse' })).toMatchObject(
      error(401, 'Invalid credentials'),
    );
    const out = await app.client.withCookie(user).post('/auth/logout');
    expect(out).toMatchObject(SUSPENDED);
    expect(out.headers['set-cookie']).toMatch(/^refreshToken=;/);
    expect((await suspend(false)).body).toMatchObject({ suspended: false });
    for (const client of clients) expect((await client.get('/auth/me')).status).toBe(200);
    expect(await entriesAbout(app.database, user.id)).toMatchObject([
      { action: 'user.update', before: { suspended: false }, after: { suspended: true } },
      { action: 'user.update', before: { suspended: true }, after: { suspended: false } },
    ]);
  });

  it('keeps one administrator who is not suspended', async () => {
    await app.database.query(
      `delete from user_roles where role_id = (select id from roles where name = 'admin')`,
    );
    const [one, other] = [await app.a.administrator(), await app.a.administrator()];
    const client = app.client.as(one);
    expect((await client.patch(`/admin/users/${other.id}`, { suspended: true })).status).toBe(200);
    const last = error(409, 'Cannot remove the last administrator');
    expect(await client.patch(`/admin/users/${one.id}`, { suspended: true })).toMatchObject(last);
    expect(await client.patch(`/admin/users/${one.id}`, { roles: ['user'] })).toMatchObject(last);
    expect(await client.delete('/users/current')).toMatchObject(last);
    expect((await client.delete(`/admin/users/${other.id}`)).status).toBe(200);
  });

  it('changes names and links of a user, and records them without their values', async () => {
    const user = await app.a.user();
    const admin = app.client.as(await app.a.administrator());
    const changes = { first_name: 'Haruka', last_name: null, website: 'https://example.com/haruka' };
    expect((await admin.patch(`/admin/users/${user.id}`, changes)).body).toMatchObject(changes);
    expect((await admin.get(`/admin/users?search=${'HARUKA'}`)).body.users.at(-1).id).toBe(user.id);
    const [entry] = await entriesAbout(app.database, user.id);
    expect(entry).toMatchObject({ after: { first_name: '(changed)', website: '(changed)' } });
    expect(JSON.stringify(entry)).not.toMatch(/haruka/i);
  });
});

describe('GET /admin/users/{id}/sessions', () => {
  it('lists the sessions of a user', async () => {
    const user = await app.a.user();
    await app.a.signIn(user.username);
    const viewer = await app.a.user({ permissions: ['view-users'] });
    const { body } = await app.client.as(viewer).get(`/admin/users/${user.id}/sessions`);
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions[0]).toMatchObject({ current: false });
  });
});

describe('Recent sign-in', () => {
  it('needs a sign-in of the last 15 minutes or the current password for changes of password, address and second factor', async () => {
    const former = `${unique('former')}@example.com`;
    const user = await app.a.user({ email: former });
    const client = app.client.as(user);
    await app.database.query(
      `update sessions set created = created - interval '15 minutes' where user_id = $1`,
      [user.id],
    );
    const again = error(403, 'Sign in again');
    const { password: current_password } = user;
    expect(await client.put('/users/current', { password: 'another horse' })).toMatchObject(again);
    expect(await client.put('/users/current', { email: 'other@example.com' })).toMatchObject(again);
    expect(
      await client.put('/users/current', { email: 'o@example.com', current_password: 'x' }),
    ).toMatchObject(again);
    expect(await client.post('/auth/two-factor')).toMatchObject(again);
    for (const path of ['confirm', 'disable', 'recovery-codes'])
      expect(await client.post(`/auth/two-factor/${path}`, { code: '123456' }), path).toMatchObject(again);
    expect(await client.put('/users/current', { email: null })).toMatchObject(again);
    expect((await client.put('/users/current', { first_name: 'Haru' })).status).toBe(200);
    // A form that sends every field does not change the address.
    const unchanged = { email: former, first_name: 'Haruka' };
    expect(await client.put('/users/current', unchanged)).toMatchObject({ status: 200, body: unchanged });
    expect((await client.post('/auth/two-factor', { current_password })).status).toBe(200);
    const email = `${unique('other')}@example.com`;
    expect((await client.put('/users/current', { email, current_password })).status).toBe(200);
    expect((await client.put('/users/current', { password: 'another horse', current_password })).status).toBe(
      200,
    );
  });
});
