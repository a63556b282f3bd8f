import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../src/accounts/permissions.js';
import { appForFile } from './support/app.js';
import { type TestUser, unique } from './support/builders.js';
import { form } from './support/forms.js';
import { recordStatements } from './support/statements.js';

const app = appForFile();
const forbidden = { status: 403, body: { data: 'Forbidden', code: 403 } };
const json = (body: unknown) => ({
  raw: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

/** Entries of the audit log about somebody or something, oldest first. */
async function entriesAbout(target: string | number) {
  return app.database.query<Record<string, unknown>>(
    'select actor, action, target, ip, result, before, after from audit_entries where target = $1 order by id',
    [String(target)],
  );
}

async function roleNamed(name: string): Promise<number> {
  const [row] = await app.database.query<{ id: number }>('select id from roles where name = $1', [name]);
  return row?.id as number;
}

describe('every administrative route', () => {
  /** The contract's table: what each route asks for. */
  const TABLE: readonly [permission: string, method: string, path: string, body?: unknown][] = [
    ['view-users', 'GET', '/admin/users'],
    ['view-users', 'GET', '/admin/users/USER'],
    ['edit-users', 'PATCH', '/admin/users/USER', { age_verified: true }],
    ['edit-users', 'POST', '/admin/users/USER/logout'],
    ['delete-users', 'DELETE', '/admin/users/USER'],
    ['edit-users', 'POST', '/admin/user/update-image/USER', { image: 'x' }],
    ['edit-users', 'DELETE', '/admin/user/delete-image/USER'],
    ['view-roles', 'GET', '/admin/roles'],
    ['edit-roles', 'POST', '/admin/roles', {}],
    ['edit-roles', 'PATCH', '/admin/roles/999999', { description: 'x' }],
    ['edit-roles', 'DELETE', '/admin/roles/999999'],
    ['view-roles', 'GET', '/admin/permissions'],
    ['manage-clients', 'GET', '/admin/clients'],
    ['manage-clients', 'POST', '/admin/clients', {}],
    ['manage-clients', 'PATCH', '/admin/clients/999999', { enabled: true }],
    ['manage-clients', 'POST', '/admin/clients/999999/rotate-key'],
    ['manage-clients', 'DELETE', '/admin/clients/999999'],
    ['view-audit-log', 'GET', '/admin/audit-log'],
    ['view-users', 'GET', '/admin/stats'],
    ['manage-catalog', 'POST', '/admin/catalog/import'],
  ];

  it('is in the table', () => {
    const listed = TABLE.map(([, method, path]) => `${method} ${path.replace(/USER|999999/, ':id')}`);
    const live = app.routes
      .map((route) => route.replace(/(.)\/$/, '$1'))
      .filter((route) => route.includes('/admin') && !route.startsWith('OPTIONS'));
    expect([...new Set(live)].toSorted()).toEqual(listed.toSorted());
  });

  it.each(PERMISSIONS)(
    'is open to a role with %s alone where the table says so, in every spelling',
    async (held) => {
      const user = await app.a.user({ permissions: [held] });
      const other = await app.a.user();
      const spellings = (path: string) => [
        path,
        `${path}/`,
        `${path}?limit=5`,
        path.replace('admin', '%61dmin'),
        path.replace('/admin', '//admin'),
        path.replace('/admin', '/Admin'),
        path.replace('/admin/', '/admin//'),
        `${path};x`,
      ];
      for (const [permission, method, path, body] of TABLE) {
        const target = path.replace('USER', other.id);
        for (const url of spellings(target)) {
          for (const client of [app.client.as(user), app.client.withCookie(user)]) {
            const { status } = await client.send(method, url, body);
            const name = `${method} ${url}`;
            if (held !== permission) expect([403, 404], name).toContain(status);
            else if (url === target || url === `${target}/`) expect(status, name).not.toBe(403);
          }
        }
        if (held !== permission) {
          expect(await app.client.as(user).send(method, target, body)).toMatchObject(forbidden);
        }
      }
    },
  );
});

describe('users', () => {
  it('are searched, filtered, ordered and paged', async () => {
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

  it('are shown with what they keep and whether they are signed in', async () => {
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
    expect((await entriesAbout(user.id)).map(({ action }) => action)).toEqual(['user.logout', 'user.delete']);
  });

  it('are changed, and what has changed is written down without names', async () => {
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
    // The same again changes nothing, and is not written down.
    expect((await client.patch(`/admin/users/${user.id}`, changes)).status).toBe(200);
    expect(await entriesAbout(user.id)).toEqual([
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
  ])('are not changed by %j', async (body, data) => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const before = (await app.client.as(admin).get(`/admin/users/${user.id}`)).body;
    expect(await app.client.as(admin).patch(`/admin/users/${user.id}`, body)).toMatchObject({
      status: 400,
      body: { data },
    });
    expect((await app.client.as(admin).get(`/admin/users/${user.id}`)).body).toEqual(before);
    expect(await entriesAbout(user.id)).toEqual([]);
  });

  it('are given no role with a permission that the giver lacks', async () => {
    const editor = await app.a.user({ permissions: ['edit-users', 'rate-series'] });
    const [user, admin] = [await app.a.user(), await app.a.administrator()];
    const client = app.client.as(editor);
    expect(await client.patch(`/admin/users/${user.id}`, { roles: ['user', 'admin'] })).toMatchObject(
      forbidden,
    );
    expect(await client.patch(`/admin/users/${editor.id}`, { roles: ['admin'] })).toMatchObject(forbidden);
    expect((await client.patch(`/admin/users/${editor.id}`, { roles: ['user'] })).status).toBe(200);
    // The change acts on the very next request.
    expect(await client.patch(`/admin/users/${user.id}`, { age_verified: true })).toMatchObject(forbidden);
    // Keeping a role that somebody has is no gift.
    const keeper = await app.a.user({ permissions: ['edit-users', 'rate-series'] });
    const kept = await app.client.as(keeper).patch(`/admin/users/${admin.id}`, { roles: ['admin', 'user'] });
    expect(kept.status).toBe(200);
  });

  it('keep one administrator, even when two demote each other at once', async () => {
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

describe('roles', () => {
  it('are created, given, changed and deleted', async () => {
    const [admin, user, both] = [await app.a.administrator(), await app.a.user(), await app.a.user()];
    const client = app.client.as(admin);
    const name = unique('moderator');
    const created = await client.post('/admin/roles', {
      name: ` ${name} `,
      description: 'Looks after users',
      permissions: ['view-users', 'edit-users'],
    });
    expect(created).toMatchObject({
      status: 201,
      body: { name, description: 'Looks after users', permissions: ['edit-users', 'view-users'], users: 0 },
    });
    const { id } = created.body;
    expect(await client.post('/admin/roles', { name: name.toUpperCase(), permissions: [] })).toMatchObject({
      status: 409,
      body: { data: 'Role with the same name already exists', code: 409 },
    });
    await client.patch(`/admin/users/${user.id}`, { roles: [name] });
    await client.patch(`/admin/users/${both.id}`, { roles: [name, 'user'] });
    expect((await app.client.as(user).get('/admin/users')).status).toBe(200);
    const list = (await client.get('/admin/roles?limit=100')).body;
    expect(list.roles.find((role: { id: number }) => role.id === id)).toMatchObject({ users: 2 });
    expect(list.roles.slice(0, 2).map((role: { name: string }) => role.name)).toEqual(['user', 'admin']);

    const changed = await client.patch(`/admin/roles/${id}`, {
      permissions: ['rate-series'],
      description: ' ',
    });
    expect(changed.body).toMatchObject({ id, name, description: null, permissions: ['rate-series'] });
    expect(await app.client.as(user).get('/admin/users')).toMatchObject(forbidden);
    expect((await client.patch(`/admin/roles/${id}`, { name })).status).toBe(200);

    expect((await client.delete(`/admin/roles/${id}`)).status).toBe(204);
    expect((await client.get(`/admin/users/${user.id}`)).body.roles).toEqual(['user']);
    expect((await client.get(`/admin/users/${both.id}`)).body.roles).toEqual(['user']);
    const gone = { status: 404, body: { data: 'Role not found', code: 404 } };
    expect(await client.delete(`/admin/roles/${id}`)).toMatchObject(gone);
    expect(await client.patch(`/admin/roles/${id}`, { name })).toMatchObject(gone);
    const entries = await entriesAbout(id);
    expect(entries).toMatchObject([
      { action: 'role.create', before: null, after: { permissions: ['edit-users', 'view-users'] } },
      {
        action: 'role.update',
        before: { permissions: ['edit-users', 'view-users'], description: 'Looks after users' },
        after: { permissions: ['rate-series'], description: null },
      },
      { action: 'role.delete', before: { permissions: ['rate-series'] }, after: null },
    ]);
    expect(JSON.stringify(entries)).not.toContain(name);
  });

  it('that are seeded keep their names and stay', async () => {
    const client = app.client.as(await app.a.administrator());
    const fixed = { status: 409, body: { data: 'Role cannot be changed', code: 409 } };
    const [user, admin] = [await roleNamed('user'), await roleNamed('admin')];
    for (const id of [user, admin]) {
      expect(await client.delete(`/admin/roles/${id}`)).toMatchObject(fixed);
      expect(await client.patch(`/admin/roles/${id}`, { name: unique('other') })).toMatchObject(fixed);
    }
    expect(await client.patch(`/admin/roles/${admin}`, { permissions: ['view-users'] })).toMatchObject(fixed);
    const all = await client.patch(`/admin/roles/${admin}`, { permissions: PERMISSIONS, description: 'All' });
    expect(all.body).toMatchObject({
      name: 'admin',
      description: 'All',
      permissions: [...PERMISSIONS].toSorted(),
    });
    const reader = await app.a.user();
    const series = await app.a.oneSeries();
    const rate = () => app.client.as(reader).post(`/user/series-rating/add/${series}`, { rating: 5 });
    expect((await client.patch(`/admin/roles/${user}`, { permissions: [] })).status).toBe(200);
    expect(await rate()).toMatchObject(forbidden);
    await client.patch(`/admin/roles/${user}`, { permissions: ['rate-series'] });
    expect((await rate()).status).toBe(200);
  });

  it('get no permission that the giver lacks', async () => {
    const editor = await app.a.user({ permissions: ['edit-roles', 'view-roles'] });
    const client = app.client.as(editor);
    const mine = await client.post('/admin/roles', { name: unique('mine'), permissions: ['view-roles'] });
    expect(mine.status).toBe(201);
    expect(
      await client.post('/admin/roles', { name: unique('more'), permissions: ['view-users'] }),
    ).toMatchObject(forbidden);
    const more = { permissions: ['view-roles', 'delete-users'] };
    expect(await client.patch(`/admin/roles/${mine.body.id}`, more)).toMatchObject(forbidden);
    expect(await client.patch('/admin/roles/999999', more)).toMatchObject(forbidden);
    // What a role has already may stay and go.
    const [admins] = [await app.a.administrator()];
    await app.client.as(admins).patch(`/admin/roles/${mine.body.id}`, more);
    expect((await client.patch(`/admin/roles/${mine.body.id}`, { description: 'x' })).status).toBe(200);
    expect(
      (await client.patch(`/admin/roles/${mine.body.id}`, { permissions: ['delete-users'] })).status,
    ).toBe(200);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [{ name: 'x' }, 'Required parameters missing'],
    [{ name: ' ', permissions: [] }, 'Required parameters missing'],
    [{ name: 'x', permissions: null }, 'Required parameters missing'],
    [{ name: 'x', permissions: ['everything'] }, 'Invalid parameters'],
    [{ name: 'x', permissions: 'view-users' }, 'Invalid parameters'],
    [{ name: 'x'.repeat(51), permissions: [] }, 'Invalid parameters'],
    [{ name: 'a\u200bb', permissions: [] }, 'Invalid parameters'],
    [{ name: 'a\nb', permissions: [] }, 'Invalid parameters'],
    [{ name: 'x', permissions: [], id: 1 }, 'Invalid parameters'],
  ])('are not created from %j', async (body, data) => {
    const client = app.client.as(await app.a.administrator());
    expect(await client.post('/admin/roles', body)).toMatchObject({ status: 400, body: { data } });
  });

  it('may hold these permissions', async () => {
    const { body } = await app.client.as(await app.a.administrator()).get('/admin/permissions?limit=100');
    expect(body.permissions.map(({ name }: { name: string }) => name)).toEqual([...PERMISSIONS].toSorted());
    expect(body).toMatchObject({ max: 1, from: 1, to: PERMISSIONS.length, total: PERMISSIONS.length });
  });
});

describe('the audit log', () => {
  it('is filtered and paged, newest first, and outlives whom it names', async () => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const client = app.client.as(admin);
    for (const verified of [true, false, true])
      await client.patch(`/admin/users/${user.id}`, { age_verified: verified });
    await client.delete(`/admin/users/${user.id}`);
    const list = async (query: string) => (await client.get(`/admin/audit-log?${query}`)).body;
    const about = await list(`target=${user.id}`);
    expect(about.entries.map(({ action }: { action: string }) => action)).toEqual([
      'user.delete',
      'user.update',
      'user.update',
      'user.update',
    ]);
    expect(about).toMatchObject({ max: 1, from: 1, to: 4, total: 4 });
    expect(about.entries[1]).toMatchObject({
      actor: admin.id,
      ip: '127.0.0.1',
      result: 'success',
      before: { age_verified: false },
      after: { age_verified: true },
    });
    expect(await list(`actor=${admin.id}&action=user.update&limit=2&offset=2`)).toMatchObject({
      entries: [{ target: user.id }],
      max: 2,
      from: 3,
      to: 3,
      total: 3,
    });
    const { at } = about.entries[2];
    expect((await list(`target=${user.id}&since=${at}`)).total).toBeGreaterThanOrEqual(3);
    expect((await list(`target=${user.id}&until=${at}`)).total).toBeLessThanOrEqual(3);
    const today = new Date().toISOString().slice(0, 10);
    expect((await list(`target=${user.id}&since=${today}&until=${today}`)).total).toBe(4);
    expect((await list(`target=${user.id}&until=2020-01-01`)).total).toBe(0);
    expect((await list(`target=${user.id}&since=2020-01-01T00:00:00%2B09:00`)).total).toBe(4);
    const [all] = await app.database.query<{ count: number }>(
      'select count(*)::int as count from audit_entries',
    );
    expect((await list('limit=1')).total).toBe(all?.count);
    for (const query of ['since=yesterday', 'until=2026-02-30', 'since=2026-01-01T25:00:00Z', 'limit=101']) {
      expect((await client.get(`/admin/audit-log?${query}`)).status, query).toBe(400);
    }
  });

  it('has one entry for every change that an administrator makes', async () => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const client = app.client.as(admin);
    const count = async () =>
      (await client.get(`/admin/audit-log?actor=${admin.id}&limit=1`)).body.total as number;
    const role = (await client.post('/admin/roles', { name: unique('role'), permissions: [] })).body.id;
    const website = (await client.post('/admin/clients', { name: unique('site') })).body.id;
    expect(await count()).toBe(2);
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const parts = [
      { name: 'client', bytes: String(await app.a.clientId()) },
      { filename: 'a.png', bytes: png },
    ];
    const photo = (await app.client.as(user).post(`/v1/users/${user.id}/photos`, undefined, form(parts))).body
      .id;
    const changes: [string, string, unknown?][] = [
      ['PATCH', `/admin/roles/${role}`, { permissions: ['view-users'] }],
      ['DELETE', `/admin/roles/${role}`],
      ['PATCH', `/admin/clients/${website}`, { enabled: false }],
      ['POST', `/admin/clients/${website}/rotate-key`],
      ['DELETE', `/admin/clients/${website}`],
      ['PATCH', `/admin/users/${user.id}`, { age_verified: true }],
      ['POST', `/admin/user/update-image/${user.id}`, { image: png.toString('base64') }],
      ['DELETE', `/admin/user/delete-image/${user.id}`],
      ['POST', `/admin/user/update-image/${user.id}`, { image: png.toString('base64') }],
      ['DELETE', `/user/delete-image/${user.id}`],
      ['DELETE', `/v1/photos/${photo}`],
      ['POST', `/admin/users/${user.id}/logout`],
      ['DELETE', `/users/${user.id}`],
    ];
    let before = await count();
    for (const [method, url, body] of changes) {
      expect((await client.send(method, url, body)).status, `${method} ${url}`).toBeLessThan(300);
      if (method === 'PATCH') await client.send(method, url, body);
      expect(await count(), `${method} ${url}`).toBe(++before);
    }
    // What is refused changes nothing and is not there.
    await client.send('DELETE', `/users/${user.id}`);
    await client.patch(`/admin/roles/${await roleNamed('user')}`, { name: 'x' });
    expect(await count()).toBe(before);
  });
});

describe('statistics', () => {
  it('equal a recount, whatever has come and gone', async () => {
    const admin = await app.a.administrator();
    const client = app.client.as(admin);
    const before = (await client.get('/admin/stats')).body;
    const series = await app.a.series(...Array.from({ length: 6 }, () => ({})));
    const entry = await app.a.entry();
    const png = await (
      await import('sharp')
    )
      .default({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const users = await Promise.all(Array.from({ length: 12 }, () => app.a.user()));
    await Promise.all(
      users.map(async (user, index) => {
        const own = app.client.as(user);
        for (const id of series.slice(0, 1 + (index % 6))) {
          await own.post(`/user/reading-status/add/${id}`, entry);
          await own.post(`/user/series-rating/add/${id}`, { rating: 1 + (index % 9) });
        }
        await own.delete(`/user/reading-status/delete/${series[0]}`);
        await own.post(`/v1/users/${user.id}/avatars`, undefined, form([{ filename: 'a.png', bytes: png }]));
        const parts = [
          { name: 'client', bytes: String(entry['client']) },
          { filename: 'a.png', bytes: png },
        ];
        const photo = await own.post(`/v1/users/${user.id}/photos`, undefined, form(parts));
        if (index % 3 === 0) await own.delete(`/v1/photos/${photo.body.id}`);
        if (index % 4 === 0) await own.delete('/users/current');
      }),
    );
    const { totals, days } = (await client.get('/admin/stats')).body;
    const [recount] = await app.database.query(
      `select (select count(*)::int from users) as users, (select count(*)::int from reading_entries) as entries,
         (select count(*)::int from ratings) as ratings, (select count(*)::int from collection_items) as items,
         (select count(*)::int from photos) as photos,
         (select coalesce(sum(stored_bytes), 0)::int from photos)
           + (select coalesce(sum(stored_bytes), 0)::int from avatars) as storage_bytes`,
    );
    expect(totals).toMatchObject(recount as object);
    expect(totals.storage_bytes).toBeGreaterThan(0);
    expect(days).toHaveLength(30);
    const dates = days.map(({ date }: { date: string }) => date);
    expect(dates).toEqual(dates.toSorted());
    expect(dates.at(-1)).toBe(new Date().toISOString().slice(0, 10));
    const added = (kind: string) => days.at(-1)[kind] - before.days.at(-1)[kind];
    expect(added('users')).toBe(12);
    expect(added('sign_ins')).toBe(12);
    expect(added('entries')).toBe(2 * (1 + 2 + 3 + 4 + 5 + 6));
    expect(added('ratings')).toBe(42);
    expect(added('photos')).toBe(12);
    expect(totals.sign_ins - before.totals.sign_ins).toBe(12);
  });

  it('are read from counters alone', async () => {
    const admin = await app.a.administrator();
    const record = recordStatements(app.nest);
    expect((await app.client.as(admin).get('/admin/stats')).status).toBe(200);
    record.stop();
    const asked = record.executed
      .filter(({ name }) => !name.startsWith('sessions.credential'))
      .map(({ text }) => text);
    expect(asked).toHaveLength(2);
    const tables = asked.flatMap((text) =>
      [...text.matchAll(/\b(?:from|join) "?([a-z_]+)/g)].map(([, name]) => name),
    );
    expect(new Set(tables)).toEqual(new Set(['totals', 'generate_series', 'daily_counts']));
  });
});

describe('an import', () => {
  const line = (fields: Record<string, unknown> = {}) =>
    JSON.stringify({
      kind: 'series',
      external_id: unique('up'),
      name: 'Uploaded',
      type: 'Manga',
      origin: 'Japanese',
      titles: [],
      tags: [],
      ...fields,
    });
  const send = async (user: TestUser, raw: string | Buffer, type = 'application/x-ndjson') =>
    app.client.as(user).post('/admin/catalog/import', undefined, { raw, headers: { 'content-type': type } });

  it('stores whole lines, refuses the others, and is written down with what it did', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    const [good, other] = [line({ volumes: [] }), line()];
    const file = [good, '{"kind":"series"}', 'nonsense', other, line({ client_id: 999_999 }), ''].join('\n');
    const answer = await send(keeper, file);
    expect(answer).toMatchObject({ status: 200, body: { series: 2, volumes: 0, unchanged: 0 } });
    expect(answer.body.refused.map(({ line: number }: { line: number }) => number)).toEqual([2, 3, 5]);
    expect((await send(keeper, gzipSync(`${good}\n${other}`), 'application/gzip')).body).toEqual({
      series: 0,
      volumes: 0,
      unchanged: 2,
      refused: [],
    });
    expect((await send(keeper, good, 'application/octet-stream')).body.unchanged).toBe(1);
    const entries = await app.database.query(
      'select action, target, after from audit_entries where actor = $1 order by id',
      [keeper.id],
    );
    expect(entries[0]).toEqual({
      action: 'catalog.import',
      target: null,
      after: { series: 2, volumes: 0, unchanged: 0, refused: 3 },
    });
    expect(entries).toHaveLength(3);
  });

  it('of a file that is damaged or no catalog stores nothing', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    const id = unique('never');
    const whole = Buffer.from(`${line({ external_id: id })}\n${'x'.repeat(50_000)}`);
    const invalid = { status: 400, body: { data: 'Invalid parameters' } };
    const zipped = gzipSync(whole);
    expect(await send(keeper, zipped.subarray(0, zipped.length - 9), 'application/gzip')).toMatchObject(
      invalid,
    );
    const many = Buffer.concat([whole, Buffer.from('\nx'.repeat(1001))]);
    expect(await send(keeper, many)).toMatchObject(invalid);
    expect(await send(keeper, '')).toMatchObject({
      status: 400,
      body: { data: 'Required parameters missing' },
    });
    expect((await app.client.as(keeper).post('/admin/catalog/import')).body.data).toBe(
      'Required parameters missing',
    );
    expect((await send(keeper, whole, 'text/plain')).status).toBe(415);
    expect((await app.client.as(keeper).post('/admin/catalog/import', undefined, json({}))).status).toBe(415);
    const huge = gzipSync(Buffer.alloc(501_000_000, 10), { level: 1 });
    expect((await send(keeper, Buffer.concat([gzipSync(whole), huge]), 'application/gzip')).status).toBe(413);
    expect((await send(keeper, Buffer.alloc(50_000_001))).status).toBe(413);
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': '50000001' };
    expect((await app.client.post('/admin/catalog/import', undefined, { raw: 'x', headers })).status).toBe(
      413,
    );
    const rows = await app.database.query('select from series where external_id = $1', [id]);
    expect(rows).toEqual([]);
    expect(await app.database.query('select from audit_entries where actor = $1', [keeper.id])).toEqual([]);
  });

  it('goes on past a line that the database refuses', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    await app.database.query(
      `alter table series add constraint no_refused check (name <> 'Refused by the database')`,
    );
    const file = [line(), line({ name: 'Refused by the database' }), line()].join('\n');
    expect((await send(keeper, file)).body).toEqual({
      series: 2,
      volumes: 0,
      unchanged: 0,
      refused: [{ line: 2, reason: 'the database refused it' }],
    });
    await app.database.query('alter table series drop constraint no_refused');
  });
});
