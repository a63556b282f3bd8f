import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';

const app = appForFile();

const deletion = '/api/4/UploadImage/DeleteUserPhoto';

describe('Clients: /admin/clients', () => {
  it('lets users with manage-clients register, change, rotate the key of and delete a client', async () => {
    const [admin, reader] = [await app.a.administrator(), await app.a.user()];
    const manager = await app.a.user({ permissions: ['manage-clients'] });
    expect((await app.client.as(reader).get('/admin/clients')).status).toBe(403);
    for (const user of [admin, manager])
      expect((await app.client.as(user).get('/admin/clients')).status).toBe(200);
    const client = app.client.as(manager);
    const created = await client.post('/admin/clients', { name: 'Shop', scopes: ['photos:delete'] });
    expect(created).toMatchObject({
      status: 201,
      body: {
        name: 'Shop',
        enabled: true,
        scopes: ['photos:delete'],
        key: expect.stringMatching(/^tbk_.{40,}$/),
      },
    });
    const { id, key } = created.body;
    const list = await client.get('/admin/clients?limit=100');
    expect(list.text).not.toContain(key);
    expect(list.body.clients.at(-1)).toMatchObject({ id, name: 'Shop' });

    const status = async (used: string) =>
      (await app.client.get(deletion, { headers: { websiteid: String(id), webapiclientkey: used } })).body
        .ErrorCode;
    expect(await status(key)).toBe('261');
    const rotated = await client.post(`/admin/clients/${id}/rotate-key`);
    expect(rotated).toMatchObject({ status: 200, body: { id } });
    const hours = (Date.parse(rotated.body.former_key_valid_until) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect([await status(key), await status(rotated.body.key)]).toEqual(['261', '261']);
    const again = await client.post(`/admin/clients/${id}/rotate-key`, { overlap_hours: 0 });
    expect([await status(key), await status(rotated.body.key), await status(again.body.key)]).toEqual([
      '226',
      '226',
      '261',
    ]);

    expect(await client.patch(`/admin/clients/${id}`, { enabled: false, name: 'Closed' })).toMatchObject({
      status: 200,
      body: { id, name: 'Closed', enabled: false, scopes: ['photos:delete'] },
    });
    expect(await status(again.body.key)).toBe('221');
    expect((await client.delete(`/admin/clients/${id}`)).status).toBe(204);
    expect(await client.delete(`/admin/clients/${id}`)).toMatchObject({
      status: 404,
      body: { data: 'Client not found' },
    });

    const used = await app.a.clientId();
    const series = await app.a.oneSeries();
    await app.client.as(reader).post(`/user/reading-status/add/${series}`, await app.a.entry());
    expect(await client.delete(`/admin/clients/${used}`)).toMatchObject({
      status: 409,
      body: { data: 'Client is in use' },
    });
    const entries = await app.database.query<{ action: string; text: string }>(
      'select action, e::text as text from audit_entries e where target = $1 order by id',
      [String(id)],
    );
    expect(entries.map(({ action }) => action)).toEqual([
      'client.create',
      'client.rotate-key',
      'client.rotate-key',
      'client.update',
      'client.delete',
    ]);
    for (const { text } of entries) expect(text).not.toContain('tbk_');
  });

  it.each([
    [{}, 'Required parameters missing'],
    [{ name: ' ' }, 'Required parameters missing'],
    [{ name: 'x'.repeat(101) }, 'Invalid parameters'],
    [{ name: 'x', scopes: 'photos:delete' }, 'Invalid parameters'],
    [{ name: 'x', scopes: ['everything'] }, 'Invalid parameters'],
    [{ name: 'x', url: 'https://f.example/#f' }, 'Invalid parameters'],
    [{ name: 'x', url: 'https://f.example/a?b=c' }, 'Invalid parameters'],
    [{ name: 'x', url: 'https://f.example/?' }, 'Invalid parameters'],
    [{ name: 'x', url: 'https://user:password@f.example/' }, 'Invalid parameters'],
    [{ name: 'x', url: 'https://@f.example/' }, 'Invalid parameters'],
    [{ name: 'x', key: 'mine' }, 'Invalid parameters'],
    [{ name: 'x', keyHash: 'mine' }, 'Invalid parameters'],
  ])('rejects the new client %j with 400', async (body, data) => {
    const admin = await app.a.administrator();
    expect(await app.client.as(admin).post('/admin/clients', body)).toMatchObject({
      status: 400,
      body: { data },
    });
  });
});
