import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';
import { form } from '../support/forms.js';
import { roleNamed } from '../support/roles.js';

const app = appForFile();

describe('GET /admin/audit-log', () => {
  it('filters and pages audit entries, newest first, and keeps those of a deleted user', async () => {
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

  it('adds exactly one audit entry for each change by an administrator', async () => {
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
    // A rejected request adds no entry.
    await client.send('DELETE', `/users/${user.id}`);
    await client.patch(`/admin/roles/${await roleNamed(app.database, 'user')}`, { name: 'x' });
    expect(await count()).toBe(before);
  });
});
