import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';

const app = appForFile();

const DEFAULTS = {
  'theme-accent-color': '#71c94e',
  'prefered-content-language': 'interface',
  theme: 'light',
  'nsfw-mode': 'settings.nsfw.hide-nsfw',
  'view-mode': 'column',
  'show-drag-indicator': true,
  currency: 'EUR',
};

const CHOSEN = {
  'theme-accent-color': '#6394C6',
  'prefered-content-language': 'Japanese',
  theme: 'dark',
  'nsfw-mode': 'settings.nsfw.show-nsfw-18',
  'view-mode': 'grid',
  'show-drag-indicator': false,
  currency: 'JPY',
};

describe('/users/{id}/settings and /users/{id}/save-settings', () => {
  it('returns defaults for settings that were never saved, and keeps settings that the body omits', async () => {
    const user = await app.a.user();
    const client = app.client.withCookie(user);
    expect((await client.get(`/users/${user.id}/settings`)).body).toEqual(DEFAULTS);
    expect(
      await client.post(`/users/${user.id}/save-settings`, { theme: 'system', 'view-mode': 'row' }),
    ).toMatchObject({
      status: 200,
      body: { data: 'Settings saved successfully', code: 200 },
    });
    await client.post(`/users/${user.id}/save-settings/`, { theme: 'dark' });
    expect((await client.get(`/users/${user.id}/settings`)).body).toEqual({
      ...DEFAULTS,
      theme: 'dark',
      'view-mode': 'row',
    });
    expect((await client.get('/auth/me')).body.user.settings).toMatchObject({
      theme: 'dark',
      'view-mode': 'row',
    });
  });

  it('loses none of 102 concurrent changes of different settings', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    const changes = Object.entries(CHOSEN).map(([key, value]) => ({ [key]: value }));
    const answers = await Promise.all(
      Array.from({ length: 102 }, (_, index) =>
        client.post(`/users/${user.id}/save-settings`, changes[index % changes.length]),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await client.get(`/users/${user.id}/settings`)).body).toEqual(CHOSEN);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [undefined, 'Required parameters missing'],
    [{ theme: 'blue' }, 'Invalid parameters'],
    [{ theme: null }, 'Invalid parameters'],
    [{ 'theme-accent-color': '71c94e' }, 'Invalid parameters'],
    [{ 'theme-accent-color': '#71c94' }, 'Invalid parameters'],
    [{ 'theme-accent-color': '#71c94e\n' }, 'Invalid parameters'],
    [{ 'prefered-content-language': 'klingon' }, 'Invalid parameters'],
    [{ 'prefered-content-language': 'en ' }, 'Invalid parameters'],
    [{ 'prefered-content-language': '\u3000ja' }, 'Invalid parameters'],
    [{ 'preferred-content-language': 'en' }, 'Invalid parameters'],
    [{ 'nsfw-mode': 'show' }, 'Invalid parameters'],
    [{ 'view-mode': 'list' }, 'Invalid parameters'],
    [{ 'show-drag-indicator': 'true' }, 'Invalid parameters'],
    [{ 'show-drag-indicator': 1 }, 'Invalid parameters'],
    [{ currency: 'eur' }, 'Invalid parameters'],
    [{ currency: 'XXX' }, 'Invalid parameters'],
    [{ currency: null }, 'Invalid parameters'],
    [{ theme: 'dark', user_id: 'x' }, 'Invalid parameters'],
  ])('rejects the settings %j with 400', async (body, data) => {
    const user = await app.a.user();
    const answer = await app.client.as(user).post(`/users/${user.id}/save-settings`, body);
    expect(answer).toMatchObject({ status: 400, body: { data } });
    expect((await app.client.as(user).get(`/users/${user.id}/settings`)).body).toEqual(DEFAULTS);
  });

  it('answers 403 to administrators for the settings of another or unknown user', async () => {
    const [user, admin] = [await app.a.user(), await app.a.administrator()];
    for (const id of [user.id, 'f'.repeat(24)]) {
      expect(await app.client.as(admin).get(`/users/${id}/settings`)).toMatchObject({
        status: 403,
        body: { data: 'Forbidden' },
      });
      expect((await app.client.as(admin).post(`/users/${id}/save-settings`, { theme: 'dark' })).status).toBe(
        403,
      );
      expect((await app.client.as(admin).post(`/users/${id}/save-settings`, { theme: 1 })).status).toBe(400);
    }
    expect((await app.client.as(user).get(`/users/${user.id}/settings`)).body).toEqual(DEFAULTS);
  });

  it('rejects a blank id as missing, and reports missing parameters before invalid ones', async () => {
    const user = await app.a.user();
    for (const url of ['/users//save-settings', '/users/%20/save-settings']) {
      expect(await app.client.as(user).post(url, { theme: 'dark' }), url).toMatchObject({
        status: 400,
        body: { data: 'Required parameters missing' },
      });
    }
    const missing = { status: 400, body: { data: 'Required parameters missing' } };
    expect(await app.client.as(user).post('/users/abc/save-settings', {})).toMatchObject(missing);
    expect(await app.client.as(user).post('/users/abc/save-settings')).toMatchObject(missing);
    expect((await app.client.as(user).post('/users/abc/save-settings', { theme: 'dark' })).body.data).toBe(
      'Invalid parameters',
    );
  });
});
