import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/accounts/permissions.js';
import { appForFile } from '../support/app.js';
import { entriesAbout } from '../support/audit.js';
import { unique } from '../support/builders.js';
import { roleNamed } from '../support/roles.js';

const app = appForFile();
const forbidden = { status: 403, body: { data: 'Forbidden', code: 403 } };

describe('Roles: /admin/roles', () => {
  it('creates, assigns, changes and deletes a role, and audits each change', async () => {
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
    const entries = await entriesAbout(app.database, id);
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

  it('refuses to rename or delete the roles user and admin, and to reduce the permissions of admin', async () => {
    const client = app.client.as(await app.a.administrator());
    const fixed = { status: 409, body: { data: 'Role cannot be changed', code: 409 } };
    const [user, admin] = [await roleNamed(app.database, 'user'), await roleNamed(app.database, 'admin')];
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

  it('answers 403 when an editor grants a role a permission that the editor lacks', async () => {
    const editor = await app.a.user({ permissions: ['edit-roles', 'view-roles'] });
    const client = app.client.as(editor);
    const own = await client.post('/admin/roles', { name: unique('mine'), permissions: ['view-roles'] });
    expect(own.status).toBe(201);
    expect(
      await client.post('/admin/roles', { name: unique('more'), permissions: ['view-users'] }),
    ).toMatchObject(forbidden);
    const more = { permissions: ['view-roles', 'delete-users'] };
    expect(await client.patch(`/admin/roles/${own.body.id}`, more)).toMatchObject(forbidden);
    expect(await client.patch('/admin/roles/999999', more)).toMatchObject(forbidden);
    // An editor may keep or remove the permissions that the role already has.
    const admin = await app.a.administrator();
    await app.client.as(admin).patch(`/admin/roles/${own.body.id}`, more);
    expect((await client.patch(`/admin/roles/${own.body.id}`, { description: 'x' })).status).toBe(200);
    expect(
      (await client.patch(`/admin/roles/${own.body.id}`, { permissions: ['delete-users'] })).status,
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
  ])('rejects the new role %j with 400', async (body, data) => {
    const client = app.client.as(await app.a.administrator());
    expect(await client.post('/admin/roles', body)).toMatchObject({ status: 400, body: { data } });
  });

  it('lists every permission of the service by name', async () => {
    const { body } = await app.client.as(await app.a.administrator()).get('/admin/permissions?limit=100');
    expect(body.permissions.map(({ name }: { name: string }) => name)).toEqual([...PERMISSIONS].toSorted());
    expect(body).toMatchObject({ max: 1, from: 1, to: PERMISSIONS.length, total: PERMISSIONS.length });
  });
});
