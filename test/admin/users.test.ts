import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { type TestUser, unique } from '../support/builders.js';

const app = appForFile();
const forbidden = { status: 403, body: { data: 'Forbidden', code: 403 } };

describe('Users: /admin/users', () => {
  it('searches, filters, orders and pages the list of users', async () => {
    const admin = await app.a.administrator();
    const client = app.client.as(admin);
    const mark = unique('seek').replace(/[^a-z0-9]/g, '');
    const names = [`${mark}b`, `${mark}A`, `${mark}c`];
    const users: TestUser[] = [];
    for (const username of names) users.push(await app.a.user({ username }));
    await app.client
      .as(users[0] as TestUser)
      .put('/users/current', { first_name: 'Éowyn', last_name: '岸本' });
    await app.client.as(users[1] as TestUser).put('/users/current', { email: `${mark}@example.com` });
    const list = async (query: string) => {
      const { status, body } = await client.get(`/admin/users?${query}`);
      expect(status, query).toBe(200);
      return body;
    };
    const shown = async (query: string) =>
      (await list(query)).users.map(({ username }: { username: string }) => username);
    expect(await shown(`search=${mark}`)).toEqual(names);
    expect(await shown(`search=${mark}&order=name-asc`)).toEqual([names[1], names[0], names[2]]);
    expect(await shown(`search=${mark}&order=name-desc`)).toEqual([names[2], names[0], names[1]]);
    expect(await shown(`search=${mark}&order=registered-asc`)).toEqual(names);
    expect(await shown(`search=${mark}&order=registered-desc`)).toEqual(names.toReversed());
    expect(await shown(`search=${mark.toUpperCase()}B`)).toEqual([names[0]]);
    expect(await shown('search=EOWYN')).toEqual([names[0]]);
    expect(await shown(`search=${encodeURIComponent('岸')}`)).toEqual([names[0]]);
    expect(await shown(`search=${encodeURIComponent('eowyn 岸')}`)).toEqual([names[0]]);
    expect(await shown(`search=${mark}@`)).toEqual([names[1]]);
    expect(await shown(`search=${encodeURIComponent('%')}`)).toEqual([]);
    expect(await list(`search=${mark}&limit=2&offset=2`)).toMatchObject({ max: 2, from: 3, to: 3, total: 3 });
    const admins = await list('role=admin&limit=100');
    expect(admins.users.map(({ id }: { id: string }) => id)).toContain(admin.id);
    expect(admins.users.every(({ roles }: { roles: string[] }) => roles.includes('admin'))).toBe(true);
    expect(admins.total).toBe(admins.users.length);
    expect(await list('role=nothing')).toMatchObject({ users: [], total: 0 });
    const [all] = await app.database.query<{ count: number }>('select count(*)::int as count from users');
    expect((await list('limit=1')).total).toBe(all?.count);
    expect((await client.get('/users?limit=1')).body.total).toBe(all?.count);
    expect((await client.get('/admin/users?order=x')).status).toBe(400);
  });

  it('shows the counters and sign-in state of a user, signs the user out and deletes the account', async () => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const series = await app.a.oneSeries();
    await app.client.as(user).post(`/user/reading-status/add/${series}`, await app.a.entry());
    await app.client.as(user).post(`/user/series-rating/add/${series}`, { rating: 7 });
    const client = app.client.as(admin);
    const { body } = await client.get(`/admin/users/${user.id}`);
    expect(body).toMatchObject({
      username: user.username,
      roles: ['user'],
      logged_in: true,
      counts: { entries: 1, ratings: 1, items: 0, photos: 0 },
    });
    expect(await client.post(`/admin/users/${user.id}/logout`)).toMatchObject({
      status: 200,
      body: { data: 'User logged out successfully', code: 200 },
    });
    expect((await client.get(`/admin/users/${user.id}`)).body.logged_in).toBe(false);
    expect((await app.client.as(user).get('/auth/me')).status).toBe(401);
    expect((await app.client.withCookie(user).post('/auth/refresh')).status).toBe(401);
    expect(await client.delete(`/admin/users/${user.id}`)).toMatchObject({
      status: 200,
      body: { data: 'User deleted successfully', code: 200 },
    });
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/logout'],
    ]) {
      expect(await client.send(method as string, `/admin/users/${user.id}${path}`)).toMatchObject({
        status: 404,
        body: { data: 'User not found' },
      });
    }
    expect((await entriesAbout(app.database, user.id)).map(({ action }) => action)).toEqual([
      'user.logout',
      'user.delete',
    ]);
  });

  it('changes a user and audits the changed fields without names or addresses', async () => {
    const [admin, user, other] = [await app.a.administrator(), await app.a.user(), await app.a.user()];
    const client = app.client.as(admin);
    const username = unique('renamed');
    const changes = {
      username,
      email: `${username}@example.com`,
      age_verified: true,
      roles: ['user', 'admin'],
    };
    const changed = await client.patch(`/admin/users/${user.id}`, changes);
    expect(changed).toMatchObject({
      status: 200,
      body: { id: user.id, username, email: changes.email, age_verified: true, roles: ['admin', 'user'] },
    });
    expect((await client.get(`/admin/users?search=${username}`)).body.total).toBe(1);
    // Repeating the request changes nothing and adds no audit entry.
    expect((await client.patch(`/admin/users/${user.id}`, changes)).status).toBe(200);
    expect(await entriesAbout(app.database, user.id)).toEqual([
      {
        actor: admin.id,
        action: 'user.update',
        target: user.id,
        ip: '127.0.0.1',
        result: 'success',
        before: { roles: ['user'], age_verified: false, username: '(changed)', email: '(changed)' },
        after: { roles: ['admin', 'user'], age_verified: true, username: '(changed)', email: '(changed)' },
      },
    ]);
    expect((await client.patch(`/admin/users/${user.id}`, { email: null })).body.email).toBeNull();
    expect(await client.patch(`/admin/users/${user.id}`, { username: other.username })).toMatchObject({
      status: 409,
      body: { data: 'Username already taken' },
    });
    expect((await client.patch(`/admin/users/${'f'.repeat(24)}`, { roles: ['user'] })).status).toBe(404);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [{ roles: [] }, 'Invalid parameters'],
    [{ roles: ['nothing'] }, 'Invalid parameters'],
    [{ roles: 'user' }, 'Invalid parameters'],
    [{ roles: [1] }, 'Invalid parameters'],
    [{ roles: null }, 'Invalid parameters'],
    [{ age_verified: 'yes' }, 'Invalid parameters'],
    [{ username: 'a' }, 'Invalid parameters'],
    [{ password: 'correct horse' }, 'Invalid parameters'],
    [{ passwordHash: 'x' }, 'Invalid parameters'],
    [{ id: 'x', age_verified: true }, 'Invalid parameters'],
  ])('rejects the change %j of a user with 400 and adds no audit entry', async (body, data) => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const before = (await app.client.as(admin).get(`/admin/users/${user.id}`)).body;
    expect(await app.client.as(admin).patch(`/admin/users/${user.id}`, body)).toMatchObject({
      status: 400,
      body: { data },
    });
    expect((await app.client.as(admin).get(`/admin/users/${user.id}`)).body).toEqual(before);
    expect(await entriesAbout(app.database, user.id)).toEqual([]);
  });

  it('answers 403 when an editor assigns a role with a permission that the editor lacks', async () => {
    const editor = await app.a.user({ permissions: ['edit-users', 'rate-series'] });
    const [user, admin] = [await app.a.user(), await app.a.administrator()];
    const client = app.client.as(editor);
    expect(await client.patch(`/admin/users/${user.id}`, { roles: ['user', 'admin'] })).toMatchObject(
      forbidden,
    );
    expect(await client.patch(`/admin/users/${editor.id}`, { roles: ['admin'] })).toMatchObject(forbidden);
    expect((await client.patch(`/admin/users/${editor.id}`, { roles: ['user'] })).status).toBe(200);
    // The change takes effect on the next request.
    expect(await client.patch(`/admin/users/${user.id}`, { age_verified: true })).toMatchObject(forbidden);
    // Keeping a role that the user already has grants nothing.
    const keeper = await app.a.user({ permissions: ['edit-users', 'rate-series'] });
    const kept = await app.client.as(keeper).patch(`/admin/users/${admin.id}`, { roles: ['admin', 'user'] });
    expect(kept.status).toBe(200);
  });

  it('keeps the last administrator, also when two administrators demote each other concurrently', async () => {
    await app.database.query(
      `delete from user_roles where role_id = (select id from roles where name = 'admin')`,
    );
    const [one, two] = [await app.a.administrator(), await app.a.administrator()];
    const demote = (by: TestUser, whom: TestUser) =>
      app.client.as(by).patch(`/admin/users/${whom.id}`, { roles: ['user'] });
    const statuses = (await Promise.all([demote(one, two), demote(two, one)])).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 403]);
    const left = statuses[0] === 200 ? one : two;
    const last = { status: 409, body: { data: 'Cannot remove the last administrator', code: 409 } };
    expect(await demote(left, left)).toMatchObject(last);
    expect(await app.client.as(left).delete(`/admin/users/${left.id}`)).toMatchObject(last);
    expect((await app.client.as(left).get('/admin/roles')).status).toBe(200);
  });
});
