import { beforeEach, describe, expect, it } from 'vitest';
import { OldRows } from '../../src/jobs/old-rows.js';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import type { Answer } from '../support/client.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();
let reader: TestUser;
let series: number;
let volume: number;
let client: number;

beforeEach(async () => {
  reader = await app.a.user();
  client = await app.a.clientId();
  series = await app.a.oneSeries({
    external_id: `events-${reader.id}`,
    volumes: [{ external_id: `events-${reader.id}-1`, name: 'One', order: 1, language: 'en' }],
  });
  const [row] = await app.database.query<{ id: number }>('select id from volumes where series_id = $1', [
    series,
  ]);
  volume = row?.id as number;
});

const as = () => app.client.as(reader);
const add = async (fields: Record<string, unknown> = {}) =>
  as().post(`/user/reading-status/add/${series}`, await app.a.entry(fields));
const update = async (fields: Record<string, unknown> = {}) =>
  as().post(`/user/reading-status/update/${series}`, await app.a.entry(fields));
const progress = (value: number, fields: Record<string, unknown> = {}) =>
  as().post(`/user/reading-status/progress/${series}`, { op: 'set', value, client, ...fields });
const events = async (query = '') => (await as().get(`/user/events?limit=100${query}`)).body.events;
const undo = (id: number) => as().post(`/user/events/${id}/undo`);
const undoOrigin = (type: string, id: number) => as().post('/user/events/undo', { origin: { type, id } });

/** Everything that a reader has, without what every write changes. */
async function state() {
  const history = (await as().get('/user/reading-history?limit=100')).body;
  const entries = history.series.map((one: Record<string, Record<string, unknown>>) => {
    const { version: _v, last_update: _l, ...entry } = one['reading-history'] as Record<string, unknown>;
    return { entry, rating: one['rating'] };
  });
  const reads = await as().get(`/user/reading-status/${series}/reads`);
  const rating = (await as().get(`/user/series-rating/${series}`)).body;
  const average = (await app.client.get(`/series/${series}`)).body.average_rating;
  const items = await app.database.query(
    'select id, volume_id, state, price, currency, buy_date, condition, place, notes, client_id from collection_items where user_id = $1',
    [reader.id],
  );
  return { counts: history.counts, entries, reads: reads.body, rating, average, items };
}

/** A change of each kind, after which its events are undone. */
const CHANGES: Record<string, { before?: () => Promise<unknown>; change: () => Promise<unknown> }> = {
  'adds an entry': { change: () => add({ volumes: 3, notes: 'x', start: '2020' }) },
  'adds an entry by a command': { change: () => progress(5, { date: '2021', device: 'phone' }) },
  'updates an entry': {
    before: () => add({ progress: 3, volumes: 1, score: 7, notes: 'x' }),
    change: () =>
      update({
        progressType: 'volumes',
        progress: 2,
        status: 'completed',
        visibility: 'public',
        end: '2020-01',
      }),
  },
  'changes a counter': { before: () => add(), change: () => progress(9, { progressType: 'volumes' }) },
  'deletes an entry with its reads': {
    before: async () => {
      await add({ progress: 4, reread: 1, start: '2020' });
      await as().post(`/user/reading-status/${series}/restart`, { client });
      await as().post(`/user/reading-status/${series}/reads`, { client, status: 'dropped', notes: 'y' });
    },
    change: () => as().delete(`/user/reading-status/delete/${series}`),
  },
  'restarts a read': {
    before: () => add({ progress: 4, start: '2020', end: '2021', score: 8 }),
    change: () => as().post(`/user/reading-status/${series}/restart`, { client, date: '2022' }),
  },
  'adds a read': {
    before: () => add(),
    change: () =>
      as().post(`/user/reading-status/${series}/reads`, { client, status: 'completed', score: 9 }),
  },
  'changes a read': {
    before: async () => {
      await add();
      await as().post(`/user/reading-status/${series}/reads`, { client, status: 'completed', score: 9 });
    },
    change: async () => {
      const { body } = await as().get(`/user/reading-status/${series}/reads`);
      await as().patch(`/user/reading-status/${series}/reads/${body.reads[0].id}`, { end: '2019', score: 0 });
    },
  },
  'deletes a read': {
    before: async () => {
      await add();
      await as().post(`/user/reading-status/${series}/reads`, { client, status: 'completed', start: '2001' });
    },
    change: async () => {
      const { body } = await as().get(`/user/reading-status/${series}/reads`);
      await as().delete(`/user/reading-status/${series}/reads/${body.reads[0].id}`);
    },
  },
  'adds a rating': { change: () => as().post(`/user/series-rating/add/${series}`, { rating: 7 }) },
  'changes a rating': {
    before: () => as().post(`/user/series-rating/add/${series}`, { rating: 7 }),
    change: () => as().post(`/user/series-rating/update/${series}`, { rating: 8.5 }),
  },
  'deletes a rating': {
    before: () => as().post(`/user/series-rating/add/${series}`, { rating: 7 }),
    change: () => as().delete(`/user/series-rating/delete/${series}`),
  },
  'adds an item': { change: () => as().post(`/user/collection/add/${volume}`, { client, price: 9.99 }) },
  'changes an item': {
    before: () => as().post(`/user/collection/add/${volume}`, { client, price: 9.99, date: '2020-01-01' }),
    change: async () =>
      as().post(`/user/collection/update/${await item()}`, {
        price: 500,
        date: '2021-01-01',
        state: 'ordered',
        currency: 'JPY',
        condition: 'used',
        place: 'A',
        notes: 'n',
      }),
  },
  'buys a wanted item': {
    before: () =>
      as().post(`/user/collection/add/${volume}`, { client, price: 9.99, state: 'wanted', notes: 'n' }),
    change: () => as().post(`/user/collection/add/${volume}`, { client, price: 700, currency: 'JPY' }),
  },
  'deletes an item': {
    before: () => as().post(`/user/collection/add/${volume}`, { client, price: 9.99, date: '2020-01-01' }),
    change: async () => as().delete(`/user/collection/delete/${await item()}`),
  },
};

async function item(): Promise<number> {
  const { body } = await as().get(`/user/collection?client=${client}`);
  return body.volumes[0].collection.item_id;
}

describe('Undo of a change', () => {
  it.each(Object.keys(CHANGES))(
    'restores the former state, and the undo of the undo the later one: %s',
    async (name) => {
      const { before, change } = CHANGES[name] as (typeof CHANGES)[string];
      await before?.();
      const first = (await events())[0]?.id ?? 0;
      const former = await state();
      await change();
      const changed = await state();
      expect(changed).not.toEqual(former);
      const made = (await events()).filter(({ id }: { id: number }) => id > first);
      expect(made.length).toBeGreaterThan(0);
      for (const { id } of made)
        expect(await undo(id)).toMatchObject({ status: 200, body: { undone: 1, skipped: [] } });
      expect(await state()).toEqual(former);
      const undone = (await events('&origin=undo')).slice(0, made.length);
      for (const { id } of undone) expect((await undo(id)).status).toBe(200);
      expect(await state()).toEqual(changed);
      // By its origin as well.
      const origins = (await events('&origin=undo')).slice(0, made.length);
      for (const { origin } of origins) expect((await undoOrigin('undo', origin.id)).body.undone).toBe(1);
      expect(await state()).toEqual(former);
    },
  );

  it('refuses a change that another one has overtaken with 409, and accepts it when that one is undone', async () => {
    await add();
    await progress(5);
    await progress(6);
    const [newest, middle] = await events();
    expect(await undo(middle.id)).toMatchObject({ status: 409, body: { data: 'Changed since' } });
    expect((await undo(newest.id)).status).toBe(200);
    expect((await undo(middle.id)).status).toBe(200);
    expect((await as().get(`/user/reading-status/id/${series}`)).body.progress).toBe(1);
  });

  it('answers 404 to an unknown event and to one of another reader, and 410 after 30 days', async () => {
    await add();
    const [event] = await events();
    const missing = { status: 404, body: { data: 'Event not found' } };
    expect(await undo(event.id + 1)).toMatchObject(missing);
    const other = await app.a.user();
    expect(await app.client.as(other).post(`/user/events/${event.id}/undo`)).toMatchObject(missing);
    expect(await undoOrigin('bulk', 1)).toMatchObject(missing);
    expect(await undoOrigin('request', event.id)).toMatchObject({ status: 400 });
    const ofOrigin = (origin: unknown) => as().post('/user/events/undo', { origin });
    for (const origin of [
      null,
      { type: 'bulk' },
      { id: 1 },
      { type: ' ', id: 1 },
      { type: 'bulk', id: null },
      {},
    ])
      expect(await ofOrigin(origin), JSON.stringify(origin)).toMatchObject({
        status: 400,
        body: { data: 'Required parameters missing', errors: [{ field: 'origin' }] },
      });
    for (const origin of ['bulk', { type: 'bulk', id: 'x' }, { type: 'bulk', id: 1, x: 1 }])
      expect(await ofOrigin(origin), JSON.stringify(origin)).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters' },
      });
    await app.database.query(
      `update reader_events set at = at - interval '30 days 1 minute' where user_id = $1`,
      [reader.id],
    );
    expect(await undo(event.id)).toMatchObject({ status: 410, body: { data: 'Too late to undo' } });
    const bulk = await as().post('/user/reading-history/bulk', {
      client,
      items: [{ op: 'delete', series_id: series }],
    });
    await app.database.query(
      `update reader_events set at = at - interval '30 days 1 minute' where user_id = $1`,
      [reader.id],
    );
    expect(await undoOrigin('bulk', bulk.body.id)).toMatchObject({ status: 410 });
  });

  it('needs the permission rate-series for a rating', async () => {
    const role = await app.a.user({ permissions: ['rate-series'] });
    await app.client.as(role).post(`/user/series-rating/add/${series}`, { rating: 7 });
    const { body } = await app.client.as(role).get('/user/events');
    await app.database.query('delete from user_roles where user_id = $1', [role.id]);
    const refused = await app.client.as(role).post(`/user/events/${body.events[0].id}/undo`);
    expect(refused).toMatchObject({ status: 403, body: { data: 'Forbidden' } });
  });

  it('looks for the clients of a bulk once in each transaction', async () => {
    const ids = await app.a.series(...Array.from({ length: 125 }, () => ({})));
    const entry = await app.a.entry({ client: undefined });
    await as().post('/user/reading-history/bulk', {
      client,
      items: ids.map((id) => ({ op: 'add', series_id: id, ...entry })),
    });
    const changed = await as().post('/user/reading-history/bulk', {
      client,
      items: ids.map((id) => ({ op: 'patch', series_id: id, notes: 'Undone' })),
    });
    const { executed, stop } = recordStatements(app.nest);
    const undone = await undoOrigin('bulk', changed.body.id);
    stop();
    expect(undone.body).toEqual({ undone: 125, skipped: [] });
    const names = executed.map(({ name }) => name);
    expect(names.filter((name) => name === 'reader-log.of-origin')).toHaveLength(2);
    expect(names.filter((name) => name === 'reader-log.first-client')).toHaveLength(2);
  });

  it('undoes a bulk of 250 changes, newest first, and skips what was changed since', async () => {
    const ids = await app.a.series(...Array.from({ length: 125 }, () => ({})));
    const entry = await app.a.entry({ client: undefined });
    const items = ids.flatMap((id) => [
      { op: 'add', series_id: id, ...entry },
      { op: 'progress', series_id: id, mode: 'increment', value: 2 },
    ]);
    const bulk = await as().post('/user/reading-history/bulk', { client, device: 'laptop', items });
    expect(bulk.status).toBe(200);
    expect(new Set(bulk.body.results.map(({ code }: { code: number }) => code))).toEqual(new Set([200]));
    await as().post(`/user/reading-status/progress/${ids[7]}`, { op: 'set', value: 50, client });
    const undone = await undoOrigin('bulk', bulk.body.id);
    expect(undone.body).toEqual({
      undone: 248,
      skipped: [
        { series_id: ids[7], volume_id: null, data: 'Changed since' },
        { series_id: ids[7], volume_id: null, data: 'Changed since' },
      ],
    });
    const left = await as().get('/user/reading-history?limit=100');
    expect(left.body.total).toBe(1);
    const [undoEvent] = await events('&origin=undo');
    expect((await undoOrigin('undo', undoEvent.origin.id)).body.undone).toBe(248);
    expect((await as().get('/user/reading-history')).body.total).toBe(125);
  });
});

describe('An undo whose former client was deleted', () => {
  let former: number;

  beforeEach(async () => {
    former = (await app.a.registeredClient()).id;
  });

  const deleteClient = async (id = former) => {
    const admin = app.client.as(await app.a.user({ permissions: ['manage-clients'] }));
    expect((await admin.delete(`/admin/clients/${id}`)).status).toBe(204);
  };
  const clientOfEntry = async () => (await as().get(`/user/reading-status/id/${series}`)).body.client;

  it('of an update keeps the client that the entry has', async () => {
    await add({ progress: 3, client: former });
    await update({ progress: 8 });
    await deleteClient();
    const [event] = await events();
    expect(await undo(event.id)).toMatchObject({ status: 200, body: { undone: 1, skipped: [] } });
    expect(await clientOfEntry()).toBe(client);
    expect((await as().get(`/user/reading-status/id/${series}`)).body.progress).toBe(3);
  });

  it('of a deletion takes the enabled client with the lowest id', async () => {
    await add({ progress: 3, client: former });
    await as().delete(`/user/reading-status/delete/${series}`);
    await deleteClient();
    const [event] = await events();
    expect(await undo(event.id)).toMatchObject({ status: 200, body: { undone: 1 } });
    const [lowest] = await app.database.query<{ id: number }>(
      'select min(id) as id from clients where enabled',
    );
    expect(await clientOfEntry()).toBe(lowest?.id);
  });

  it('of a deletion by a bulk takes the client of the bulk, and undoes its other changes', async () => {
    const [other = 0] = await app.a.series({});
    const [disabled, enabled] = [await app.a.registeredClient(), await app.a.registeredClient()];
    await add({ progress: 3, client: former });
    const items = [
      { op: 'delete', series_id: series },
      { op: 'progress', series_id: other, mode: 'set', value: 2 },
    ];
    const bulk = await as().post('/user/reading-history/bulk', { client: enabled.id, items });
    await deleteClient();
    await deleteClient(disabled.id);
    const undone = await undoOrigin('bulk', bulk.body.id);
    expect(undone).toMatchObject({ status: 200, body: { undone: 2, skipped: [] } });
    expect(await clientOfEntry()).toBe(enabled.id);
    expect((await as().get(`/user/reading-status/id/${other}`)).body).toBeNull();
  });

  it('of a changed item keeps the client that the item has', async () => {
    const path = `/user/collection/add/${volume}`;
    const added = await as().post(path, { client: former, price: 3, state: 'wanted' });
    await as().post(path, { client, price: 5 });
    await deleteClient();
    const [change] = await events();
    expect(change).toMatchObject({ action: 'update', before: { client: former } });
    expect(await undo(change.id)).toMatchObject({ status: 200, body: { undone: 1 } });
    expect((await state()).items).toMatchObject([
      { id: added.body.item.item_id, state: 'wanted', price: 3, client_id: client },
    ]);
  });

  it('of a deleted item takes a client that exists', async () => {
    const added = await as().post(`/user/collection/add/${volume}`, { client: former, price: 3 });
    const itemId = added.body.item.item_id;
    await as().delete(`/user/collection/delete/${itemId}`);
    await deleteClient();
    const [deletion] = await events();
    expect(await undo(deletion.id)).toMatchObject({ status: 200, body: { undone: 1 } });
    expect((await state()).items).toMatchObject([{ id: itemId, price: 3 }]);
  });
});

describe('An undo of the deletion of a read', () => {
  it('is refused where the entry has 200 former reads, and skipped in an undo of several', async () => {
    await add();
    const path = `/user/reading-status/${series}/reads`;
    const read = await as().post(path, { client, status: 'completed', notes: 'first' });
    await as().delete(`${path}/${read.body.id}`);
    const [deletion] = await events();
    expect(deletion).toMatchObject({ kind: 'read', action: 'delete' });
    await app.database.query(
      `insert into former_reads (user_id, series_id, id, status)
       select $1, $2, 1000 + n, 'completed' from generate_series(1, 200) n`,
      [reader.id, series],
    );
    await app.database.query('update reading_entries set former_reads = 200 where user_id = $1', [reader.id]);
    expect(await undo(deletion.id)).toMatchObject({
      status: 409,
      body: { data: 'Read limit reached', code: 409 },
    });
    // No single origin can have this deletion and the additions, so that the event gets one here.
    await app.database.query(
      `update reader_events set origin = 'bulk', origin_id = 1 where user_id = $1 and number = $2`,
      [reader.id, deletion.id],
    );
    expect(await undoOrigin('bulk', 1)).toMatchObject({
      status: 200,
      body: { undone: 0, skipped: [{ series_id: series, volume_id: null, data: 'Read limit reached' }] },
    });
    expect((await as().get(path)).body.reads).toHaveLength(201);
  });
});

describe('a change that is sent twice', () => {
  it.each([
    [
      'a rating',
      () => as().post(`/user/series-rating/add/${series}`, { rating: 5 }),
      () => as().post(`/user/series-rating/update/${series}`, { rating: 8 }),
    ],
    [
      'an item',
      () => as().post(`/user/collection/add/${volume}`, { client, price: 1 }),
      async () => {
        const { item_id: id } = (await as().get(`/volumes/${volume}`)).body.collection;
        return as().post(`/user/collection/update/${id}`, { price: 9, date: '2024-01-01' });
      },
    ],
    [
      'an item, by a bulk',
      () => as().post(`/user/collection/add/${volume}`, { client, price: 1 }),
      async () => {
        const { item_id } = (await as().get(`/volumes/${volume}`)).body.collection;
        const items = [{ op: 'update', item_id, price: 9, date: '2024-01-01' }];
        return as().post('/user/collection/bulk', { client, items });
      },
    ],
  ])('is logged once, and can be undone: %s', async (_, before, change) => {
    await before();
    const former = await state();
    expect((await change()).status).toBe(200);
    const [event] = await events();
    expect((await change()).status).toBe(200);
    expect((await events())[0].id).toBe(event.id);
    expect((await undo(event.id)).body).toEqual({ undone: 1, skipped: [] });
    expect(await state()).toEqual(former);
  });
});

describe('GET /user/events', () => {
  it('lists what every change was, newest first, with its cause', async () => {
    await add({ progress: 3 });
    await progress(4, { device: 'phone' });
    await as().post(`/user/series-rating/add/${series}`, { rating: 7 });
    await as().post(`/user/collection/add/${volume}`, { client, price: 2, date: '2020-01-01' });
    const [owned, rated, changed, added] = await events();
    const origin = { type: 'request', id: null };
    expect(owned).toMatchObject({
      kind: 'item',
      action: 'add',
      series_id: series,
      volume_id: volume,
      client,
      origin,
    });
    expect(owned.after).toEqual({
      item_id: expect.any(Number),
      volume_id: volume,
      client,
      state: 'owned',
      price: 2,
      currency: 'EUR',
      condition: null,
      place: null,
      notes: null,
      buy_date: '2020-01-01',
    });
    expect(rated).toMatchObject({ kind: 'rating', action: 'add', before: null, client: null });
    expect(rated.after).toEqual({ rating: 7, user_id: reader.id, series_id: series });
    expect(changed).toMatchObject({ kind: 'entry', action: 'update', device: 'phone', token_id: null });
    expect([changed.before, changed.after]).toEqual([
      { progress: 3, chapters: 3 },
      { progress: 4, chapters: 4 },
    ]);
    expect(added.after).toMatchObject({
      version: added.id,
      progress: 3,
      status: 'started',
      user_id: reader.id,
    });
  });

  it('has the id of the personal token that made the change, also after it was revoked, and null for a session', async () => {
    const scopes = ['write-history', 'write-ratings', 'write-collection'];
    const { id, token } = (await as().post('/auth/tokens', { name: 'Phone', scopes })).body;
    const phone = app.client.with({ authorization: `Bearer ${token}` });
    const entry = await app.a.entry({ progress: 3 });
    const path = `/user/reading-status/${series}`;
    const done = async (answer: Promise<Answer>) => {
      const { status, body } = await answer;
      expect(status).toBeLessThan(300);
      return body;
    };
    await done(phone.post(`/user/reading-status/add/${series}`, entry));
    await done(phone.post(`/user/reading-status/update/${series}`, { ...entry, score: 7 }));
    await done(phone.post(`/user/reading-status/progress/${series}`, { op: 'increment', value: 1, client }));
    await done(phone.post(`${path}/restart`, { client }));
    const read = await done(phone.post(`${path}/reads`, { client, status: 'completed' }));
    await done(phone.patch(`${path}/reads/${read.id}`, { score: 8 }));
    await done(phone.delete(`${path}/reads/${read.id}`));
    await done(phone.post(`/user/series-rating/add/${series}`, { rating: 7 }));
    await done(phone.post(`/user/series-rating/update/${series}`, { rating: 8 }));
    await done(phone.delete(`/user/series-rating/delete/${series}`));
    const { item } = await done(phone.post(`/user/collection/add/${volume}`, { client, price: 5 }));
    const changed = { price: 6, date: '2020-01-01' };
    await done(phone.post(`/user/collection/update/${item.item_id}`, changed));
    await done(phone.delete(`/user/collection/delete/${item.item_id}`));
    const bulk = { op: 'progress', series_id: series, mode: 'set', value: 9 };
    await done(phone.post('/user/reading-history/bulk', { client, items: [bulk] }));
    const owned = { op: 'add', volume_id: volume, price: 5, date: '2020-01-01' };
    await done(phone.post('/user/collection/bulk', { client, items: [owned] }));
    await done(phone.delete(`/user/reading-status/delete/${series}`));
    await as().delete(`/auth/tokens/${id}`);

    const made = await events();
    expect(made.map((event: Record<string, unknown>) => `${event['kind']} ${event['action']}`)).toEqual([
      'entry delete',
      'item add',
      'entry update',
      'item delete',
      'item update',
      'item add',
      'rating delete',
      'rating update',
      'rating add',
      'read delete',
      'read update',
      'read add',
      'entry update',
      'read add',
      'entry update',
      'entry update',
      'entry add',
    ]);
    for (const event of made) expect(event.token_id, `${event.kind} ${event.action}`).toBe(id);
    // Undoing is for sessions only.
    expect((await undo(made[0].id)).status).toBe(200);
    expect((await progress(1)).status).toBe(200);
    const later = (await events()).slice(0, 2);
    expect(later).toMatchObject([
      { origin: { type: 'request' }, token_id: null },
      { origin: { type: 'undo' }, token_id: null },
    ]);
  });

  it('shows the whole entry in the events of its addition and its deletion', async () => {
    const { entry } = (await add({ score: 7, notes: 'x', start: '2020', volumes: 2 })).body;
    await as().delete(`/user/reading-status/delete/${series}`);
    const [deleted, added] = await events();
    expect(added).toMatchObject({ before: null, after: entry });
    expect(Object.keys(added.after).toSorted()).toEqual(Object.keys(entry).toSorted());
    expect(deleted).toMatchObject({ before: { ...entry, reads: [] }, after: null });
  });

  it('filters and pages', async () => {
    await add();
    for (let value = 2; value < 7; value++) await progress(value);
    await as().post(`/user/series-rating/add/${series}`, { rating: 7 });
    const all = await events();
    expect(await events('&kind=rating')).toEqual([all[0]]);
    expect(await events('&series=999999')).toEqual([]);
    expect(await events(`&series=${series}&origin=request`)).toEqual(all);
    expect(await events('&origin=undo')).toEqual([]);
    expect(await events(`&since=${encodeURIComponent(all[2].at)}`)).toEqual(
      all.filter(({ at }: { at: string }) => at >= all[2].at),
    );
    expect(await events(`&until=${encodeURIComponent(all[2].at)}`)).toEqual(
      all.filter(({ at }: { at: string }) => at < all[2].at),
    );
    const paged = [];
    let before = '';
    for (;;) {
      const { body } = await as().get(`/user/events?limit=3${before}`);
      paged.push(...body.events);
      if (body.next === null) break;
      before = `&before=${body.next}`;
    }
    expect(paged).toEqual(all);
    for (const query of ['kind=x', 'origin=x', 'since=x', 'before=0', 'limit=101', 'series=x']) {
      expect((await as().get(`/user/events?${query}`)).status, query).toBe(400);
    }
  });

  it('keeps events for 90 days', async () => {
    await add();
    await progress(2);
    await app.database.query(
      `update reader_events set at = at - interval '90 days 1 minute' where user_id = $1 and number = 1`,
      [reader.id],
    );
    await app.nest.get(OldRows).remove();
    expect((await events()).map(({ action }: { action: string }) => action)).toEqual(['update']);
  });
});
