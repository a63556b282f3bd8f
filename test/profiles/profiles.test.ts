import { beforeAll, describe, expect, it } from 'vitest';
import { HISTORY_ORDERS } from '../../src/reading-history/reading-history.dto.js';
import { insertSeries } from '../support/catalog-rows.js';
import { appForFile } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';

const app = appForFile();
let owner: TestUser;
let other: TestUser;
let ids: number[];

const write = async (action: 'add' | 'update', id: number, fields: Record<string, unknown>) =>
  app.client.as(owner).post(`/user/reading-status/${action}/${id}`, await app.a.entry(fields));

/** Sends the same request as the owner, as another user and without a credential. */
const asAll = (url: string) =>
  Promise.all(
    [app.client.as(owner), app.client.withCookie(other), app.client].map((client) => client.get(url)),
  );

const profile = (tail = '') => `/profiles/${owner.username.toLowerCase()}${tail}`;

beforeAll(async () => {
  owner = await app.a.user({ username: unique('Owner') });
  other = await app.a.user();
  ids = await app.a.series(
    { name: 'Shown' },
    { name: 'Hidden' },
    { name: 'Also shown' },
    { name: 'Hidden too' },
  );
  await write('add', ids[0] as number, {
    visibility: 'public',
    notes: 'my notes',
    score: 5,
    status: 'completed',
  });
  await write('add', ids[1] as number, { visibility: 'private', score: 9 });
  await write('add', ids[2] as number, { visibility: 'public', priority: 'high' });
  await write('add', ids[3] as number, { visibility: 'private', priority: 'low', status: 'dropped' });
  await app.client.as(owner).post(`/user/series-rating/add/${ids[0]}`, { rating: 3 });
});

describe('GET /profiles/{slug}', () => {
  it('returns the same profile to owner, other users and visitors, counting only public entries', async () => {
    for (const answer of await asAll(profile())) {
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).toEqual({
        username: owner.username,
        slug: owner.username.toLowerCase(),
        profile_image: null,
        registered: expect.stringMatching(/Z$/),
        counts: { planned: 0, started: 1, completed: 1, paused: 0, dropped: 0 },
      });
    }
    expect((await app.client.get(`/profiles/${owner.username.toUpperCase()}`)).status).toBe(200);
  });

  it('lists public entries without notes and ratings', async () => {
    for (const answer of await asAll(profile('/reading-history'))) {
      expect(answer.body).toMatchObject({ max: 1, from: 1, to: 2, total: 2 });
      expect(answer.body.series.map(({ name }: { name: string }) => name)).toEqual(['Also shown', 'Shown']);
      expect(answer.text).not.toContain('notes');
      expect(answer.body.series[1]).not.toHaveProperty('rating');
      expect(answer.body.series[1]['reading-history']).toMatchObject({ visibility: 'public', score: 5 });
      expect(answer.text).not.toContain('Hidden');
    }
    expect((await app.client.as(owner).get('/user/reading-history')).body.total).toBe(4);
  });

  it('shows and hides an entry immediately when its visibility changes', async () => {
    const id = ids[1] as number;
    await write('update', id, { visibility: 'public' });
    expect((await app.client.get(profile('/reading-history'))).body.total).toBe(3);
    await write('update', id, { visibility: 'private', score: 9 });
    expect((await app.client.get(profile('/reading-history'))).body.total).toBe(2);
  });

  it('returns identical lists after changes of private entries, for every order, filter and page', async () => {
    const queries = [
      ...HISTORY_ORDERS.flatMap((order) => [
        `order=${order}`,
        `order=${order}&limit=1`,
        `order=${order}&limit=1&offset=1`,
      ]),
      'search=hidden',
      'search=h',
      'status=dropped',
      'status=started,dropped',
      `client=${await app.a.clientId()}`,
      'offset=1',
      'offset=3',
      'user_lang=ja',
    ].map((query) => profile(`/reading-history?${query}`));
    const look = async () =>
      Promise.all([profile(), ...queries].map(async (url) => (await app.client.get(url)).text));
    const before = await look();
    const more = await app.a.series({ name: 'Hidden and new' }, { name: 'A hidden one' });
    for (const id of more)
      await write('add', id, { visibility: 'private', score: 10, priority: 'high', start: '1999' });
    for (const id of [ids[1], ids[3]])
      await write('update', id as number, { visibility: 'private', score: 1 });
    expect(await look()).toEqual(before);
    for (const text of before) expect(text.toLowerCase()).not.toContain('hidden');
  });

  it('answers 404 to slugs that no user has, and 400 to invalid filters', async () => {
    const missing = { status: 404, body: { data: 'User not found', code: 404 } };
    for (const slug of ['nobody-here', 'x', '%20', 'a%00b', '%F0%9F%98%80', 'a'.repeat(300)]) {
      expect(await app.client.get(`/profiles/${slug}`), slug).toMatchObject(missing);
      expect(await app.client.get(`/profiles/${slug}/reading-history`), slug).toMatchObject(missing);
    }
    expect((await app.client.get(profile('/reading-history?order=x'))).status).toBe(400);
    expect((await app.client.get(profile('/reading-history?client=99999'))).status).toBe(400);
  });

  it('answers 404 for a former username and for a deleted account', async () => {
    const user = await app.a.user();
    const later = unique('later');
    await app.client.as(user).put('/users/current', { username: later });
    expect((await app.client.get(`/profiles/${user.username}`)).status).toBe(404);
    expect((await app.client.get(`/profiles/${later}`)).status).toBe(200);
    await app.client.as(user).delete('/users/current');
    expect((await app.client.get(`/profiles/${later}`)).status).toBe(404);
  });

  it('uses the index of public entries, so that private entries do not slow the list', async () => {
    await insertSeries(
      app.database,
      Array.from({ length: 5_000 }, (_, index) => `long-${index + 1}`),
    );
    await app.database.query(
      `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id)
       select $1, id, name, 1, 'mid', $2, id, id from series where external_id like 'long-%'`,
      [owner.id, await app.a.clientId()],
    );
    await app.database.query('analyze reading_entries');
    const plan = await app.database.query<{ 'QUERY PLAN': string }>(
      `explain select * from reading_entries e where e.user_id = '${owner.id}' and e.visibility = 'public' order by last_update desc limit 20`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('reading_entries_public');
  });
});
