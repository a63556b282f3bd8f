import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';
import { today } from '../support/dates.js';
import { form } from '../support/forms.js';
import { roleNamed } from '../support/roles.js';

const app = appForFile();
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('GET /admin/audit-log', () => {
  it('filters and pages audit entries, newest first, and keeps those of a deleted user', async () => {
    const firstDay = today();
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
    expect((await list(`target=${user.id}&since=${firstDay}&until=${today()}`)).total).toBe(4);
    expect((await list(`target=${user.id}&until=2020-01-01`)).total).toBe(0);
    expect((await list(`target=${user.id}&since=2020-01-01T00:00:00%2B09:00`)).total).toBe(4);
    const [all] = await app.database.query<{ count: number }>(
      'select count(*)::int as count from audit_entries',
    );
    expect((await list('limit=1')).total).toBe(all?.count);
    for (const query of [
      'since=yesterday',
      'until=2026-02-30',
      'since=2026-01-01T25:00:00Z',
      'since=0001-01-01T00:00:00%2B14:00',
      'until=9999-12-31T23:59:59-14:00',
      'limit=101',
    ]) {
      const refused = await client.get(`/admin/audit-log?${query}`);
      expect(refused.status, query).toBe(400);
      expect(refused.body.errors, query).toMatchObject([{ field: query.split('=')[0] }]);
    }
    for (const query of ['since=0001-01-01T14:00:00%2B14:00', 'until=9999-12-31T09:59:59-14:00']) {
      expect((await client.get(`/admin/audit-log?${query}`)).status, query).toBe(200);
    }
  });

  it('adds exactly one audit entry for each change by an administrator', async () => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const client = app.client.as(admin);
    const count = async () =>
      (await client.get(`/admin/audit-log?actor=${admin.id}&limit=1`)).body.total as number;
    const role = (await client.post('/admin/roles', { name: unique('role'), permissions: [] })).body.id;
    const website = (await client.post('/admin/clients', { name: unique('site') })).body.id;
    expect(await count()).toBe(2);
    const parts = [
      { name: 'client', bytes: String(await app.a.clientId()) },
      { filename: 'a.png', bytes: PNG },
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
      ['POST', `/admin/user/update-image/${user.id}`, { image: PNG.toString('base64') }],
      ['DELETE', `/admin/user/delete-image/${user.id}`],
      ['POST', `/admin/user/update-image/${user.id}`, { image: PNG.toString('base64') }],
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
    // A rejected request adds no entry.
    await client.send('DELETE', `/users/${user.id}`);
    await client.patch(`/admin/roles/${await roleNamed(app.database, 'user')}`, { name: 'x' });
    expect(await count()).toBe(before);
  });

  it('names actors and targets as they are called now, and no longer when they are deleted', async () => {
    const [admin, user] = [await app.a.administrator(), await app.a.user()];
    const client = app.client.as(admin);
    const role = (await client.post('/admin/roles', { name: unique('role'), permissions: [] })).body;
    const website = (await client.post('/admin/clients', { name: unique('site'), scopes: ['photos:delete'] }))
      .body;
    const note = unique('for the club ');
    const invitation = (await client.post('/admin/invitations', { note })).body;
    await client.patch(`/admin/users/${user.id}`, { age_verified: true });
    const line = { kind: 'series', external_id: unique('key'), name: 'A', type: 'Manga', origin: 'Japanese' };
    const raw = Buffer.from(JSON.stringify({ ...line, titles: [], tags: [] }));
    const headers = { 'content-type': 'application/x-ndjson' };
    expect((await client.post('/admin/catalog/import', undefined, { raw, headers })).status).toBe(200);
    const parts = [
      { name: 'client', bytes: String(website.id) },
      { filename: 'a.png', bytes: PNG },
    ];
    const photo = (await app.client.as(user).post(`/v1/users/${user.id}/photos`, undefined, form(parts)))
      .body;
    const deletion = `/api/4/UploadImage/DeleteUserPhoto?userId=${user.id}&photoId=${photo.id}`;
    const key = { websiteid: String(website.id), webapiclientkey: website.key };
    expect((await app.client.get(deletion, { headers: key })).status).toBe(200);
    const namesOf = async (query: string) => {
      const { actor_name, target_name } = (await client.get(`/admin/audit-log?${query}&limit=1`)).body
        .entries[0];
      return [actor_name, target_name];
    };
    expect(await namesOf(`action=role.create&target=${role.id}`)).toEqual([admin.username, role.name]);
    expect(await namesOf(`action=client.create&target=${website.id}`)).toEqual([
      admin.username,
      website.name,
    ]);
    expect(await namesOf(`action=invitation.create&target=${invitation.id}`)).toEqual([admin.username, note]);
    expect(await namesOf(`action=user.update&target=${user.id}`)).toEqual([admin.username, user.username]);
    expect(await namesOf('action=photo.delete')).toEqual([website.name, user.username]);
    expect(await namesOf(`actor=${admin.id}&action=catalog.import`)).toEqual([admin.username, null]);
    expect(await namesOf('actor=server')).toEqual([null, expect.stringMatching(/^admin/)]);

    const renamed = unique('renamed');
    await client.patch(`/admin/users/${user.id}`, { username: renamed });
    await client.patch(`/admin/clients/${website.id}`, { name: renamed });
    await client.patch(`/admin/roles/${role.id}`, { name: renamed });
    expect(await namesOf('action=photo.delete')).toEqual([renamed, renamed]);
    expect((await namesOf(`action=role.create&target=${role.id}`))[1]).toBe(renamed);
    for (const path of [
      `users/${user.id}`,
      `clients/${website.id}`,
      `roles/${role.id}`,
      `invitations/${invitation.id}`,
    ])
      expect((await client.delete(`/admin/${path}`)).status, path).toBeLessThan(300);
    expect(await namesOf('action=photo.delete')).toEqual([null, null]);
    for (const [action, target] of [
      ['user.update', user.id],
      ['client.create', website.id],
      ['role.create', role.id],
      ['invitation.create', invitation.id],
    ])
      expect(await namesOf(`action=${action}&target=${target}`), action).toEqual([admin.username, null]);
  });
});

describe('GET /admin/audit-log/actions', () => {
  it('lists all actions that entries have, by name, in pages', async () => {
    const auditor = app.client.as(await app.a.user({ permissions: ['view-audit-log'] }));
    const { body } = await auditor.get('/admin/audit-log/actions?limit=100');
    const names = body.actions.map(({ name }: { name: string }) => name);
    expect(names).toEqual([...new Set(names)].toSorted());
    expect(body).toMatchObject({ max: 1, from: 1, to: names.length, total: names.length });
    const recorded = await app.database.query<{ action: string }>(
      'select distinct action from audit_entries',
    );
    expect(recorded.length).toBeGreaterThan(5);
    expect(names).toEqual(expect.arrayContaining(recorded.map(({ action }) => action)));
    const second = (await auditor.get('/admin/audit-log/actions?limit=10&offset=10')).body;
    expect(second.actions).toEqual(body.actions.slice(10, 20));
    expect(second).toMatchObject({ max: Math.ceil(names.length / 10), from: 11, to: 20 });
  });
});
