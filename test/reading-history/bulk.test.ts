import { beforeEach, describe, expect, it } from 'vitest';
import { appForFile, startApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();
let reader: TestUser;
let client: number;
let ids: number[];
let fields: Record<string, unknown>;

beforeEach(async () => {
  reader = await app.a.user();
  client = await app.a.clientId();
  ids = await app.a.series({}, {}, {});
  const { client: _, ...entry } = await app.a.entry();
  fields = entry;
});

const bulk = (items: unknown, rest: Record<string, unknown> = {}) =>
  app.client.as(reader).post('/user/reading-history/bulk', { client, items, ...rest });
const find = async (id: number | undefined) =>
  (await app.client.as(reader).get(`/user/reading-status/id/${id}`)).body;

describe('POST /user/reading-history/bulk', () => {
  it('writes the entries of different series together, with the numbers of their items', async () => {
    const [a, b, c, d] = (await app.a.series({}, {}, {}, {})) as [number, number, number, number];
    await bulk([a, c].map((id) => ({ op: 'add', series_id: id, ...fields, progress: 10, status: 'paused' })));
    const statements = recordStatements(app.nest);
    const { body } = await bulk([
      { op: 'progress', series_id: a, mode: 'increment', value: 1.5 },
      { op: 'add', series_id: b, ...fields, progress: 3 },
      { op: 'patch', series_id: c, notes: 'kept' },
      { op: 'progress', series_id: d, mode: 'set', value: 2, progressType: 'volumes' },
    ]);
    statements.stop();
    const names = statements.executed.map(({ name }) => name);
    expect(names.filter((name) => name.includes('batch'))).toEqual([
      'reading-history.add-batch',
      'reading-history.update-batch',
    ]);
    const versions = [1, 2, 3, 4].map((step) => body.id + step);
    expect(body.results.map((result: { version: number }) => result.version)).toEqual(versions);
    const entries = await Promise.all([a, b, c, d].map(find));
    expect(entries.map(({ version }) => version)).toEqual(versions);
    for (const { created, last_update } of [entries[1], entries[3]]) expect(last_update).toBe(created);
    expect(entries[0]).toMatchObject({ progress: 11.5, chapters: 11.5, status: 'started' });
    expect(entries[2]).toMatchObject({ progress: 10, notes: 'kept', status: 'paused' });
    expect(entries[3]).toMatchObject({ progress_type: 'volumes', volumes: 2, visibility: 'private' });

    const { events } = (await app.client.as(reader).get('/user/events?limit=4')).body;
    expect(events.map(({ id }: { id: number }) => id)).toEqual(versions.toReversed());
    expect(events.map(({ action, before, after }: never) => [action, before, after])).toEqual([
      ['add', null, expect.objectContaining({ volumes: 2, version: versions[3] })],
      ['update', { notes: null }, { notes: 'kept' }],
      ['add', null, expect.objectContaining({ progress: 3, created: entries[1].created })],
      [
        'update',
        { progress: 10, chapters: 10, status: 'paused' },
        { progress: 11.5, chapters: 11.5, status: 'started' },
      ],
    ]);
    const days = await app.database.query(
      'select changes, chapters::float8, volumes::float8 from reading_days where user_id = $1',
      [reader.id],
    );
    expect(days).toEqual([{ changes: 6, chapters: 1.5, volumes: 2 }]);
  });

  it('adds a deleted series again, which is then no deletion to other devices', async () => {
    const [a] = ids;
    await bulk([{ op: 'add', series_id: a, ...fields }]);
    const device = app.client.as(reader);
    const { cursor } = (await device.get('/user/reading-history/changes')).body;
    await bulk([{ op: 'delete', series_id: a }]);
    await bulk([{ op: 'put', series_id: a, ...fields, progress: 8 }]);
    const { changes } = (await device.get(`/user/reading-history/changes?cursor=${cursor}`)).body;
    expect(changes).toEqual([
      { series_id: a, version: expect.any(Number), deleted: false, entry: await find(a) },
    ]);
  });

  it('applies all operations in order, each after the former ones', async () => {
    const [a, b, c] = ids;
    const { status, body } = await bulk([
      { op: 'add', series_id: a, ...fields, progress: 3, score: 7, notes: 'kept' },
      { op: 'update', series_id: a, ...fields, progress: 4, volumes: 2, score: 7, notes: 'kept' },
      { op: 'put', series_id: b, ...fields, progress: 5 },
      { op: 'put', series_id: b, ...fields, progress: 6 },
      { op: 'patch', series_id: a, status: 'paused', start: '2020' },
      { op: 'progress', series_id: a, mode: 'increment', value: 0.5 },
      { op: 'progress', series_id: c, mode: 'max', value: 2, progressType: 'volumes', date: '2021' },
      { op: 'progress', series_id: c, mode: 'max', value: 1, progressType: 'volumes' },
      { op: 'delete', series_id: b },
    ]);
    expect(status).toBe(200);
    const added = 'Reading status added successfully';
    const updated = 'Reading status updated successfully';
    expect(body.results.map((result: { data: string }) => result.data)).toEqual([
      added,
      updated,
      added,
      updated,
      updated,
      updated,
      added,
      updated,
      'Reading status deleted successfully',
    ]);
    expect(body.results[0]).toEqual({
      index: 0,
      op: 'add',
      series_id: a,
      code: 200,
      data: added,
      version: expect.any(Number),
      errors: null,
    });
    expect(body.results[7].version).toBe(body.results[6].version);
    expect(body.results[8].version).toBeNull();
    expect(await find(a)).toMatchObject({
      progress: 4.5,
      volumes: 2,
      score: 7,
      notes: 'kept',
      status: 'started',
      start: '2020',
    });
    expect(await find(b)).toBeNull();
    expect(await find(c)).toMatchObject({ volumes: 2, start: '2021' });
    const { body: log } = await app.client.as(reader).get('/user/events?origin=bulk&limit=100');
    expect(log.events).toHaveLength(8);
    expect(new Set(log.events.map((event: { origin: { id: number } }) => event.origin.id))).toEqual(
      new Set([body.id]),
    );
  });

  it('fails an invalid item alone, with the code and message of the single request', async () => {
    const [a, b] = ids;
    const { body } = await bulk([
      { op: 'add', series_id: a, ...fields },
      { op: 'add', series_id: a, ...fields },
      { op: 'update', series_id: b, ...fields },
      { op: 'delete', series_id: b },
      { op: 'patch', series_id: b, status: 'paused' },
      { op: 'put', series_id: 999_999, ...fields },
      { op: 'put', series_id: b, ...fields, client },
      { op: 'put', series_id: b, ...fields, progress: -1 },
      { op: 'patch', series_id: a, visibility: null },
      { op: 'patch', series_id: a, chapters: 4, progress: 5 },
      { op: 'patch', series_id: a, start: '2020', end: '2019' },
      { op: 'replace', series_id: b },
      { series_id: b },
      'text',
      null,
      [],
      { op: 'delete', series_id: a, if_version: 99 },
      { op: 'progress', series_id: a, mode: 'increment', value: 99_999 },
      { op: 'constructor', series_id: a },
    ]);
    expect(body.results.map((result: { code: number }) => result.code)).toEqual([
      200, 409, 404, 404, 404, 404, 400, 400, 400, 400, 400, 400, 400, 400, 400, 400, 412, 400, 400,
    ]);
    expect(body.results[1]).toMatchObject({
      data: 'Reading status already exists for this series',
      version: null,
      entry: { series_id: a, progress: 1 },
    });
    expect(body.results[5].data).toBe('Series not found');
    expect(body.results[6].errors).toMatchObject([{ field: 'client' }]);
    expect(body.results[12]).toMatchObject({ op: null, data: 'Required parameters missing' });
    expect(body.results[13]).toMatchObject({ op: null, series_id: null });
    expect(body.results[16]).toMatchObject({ data: 'Reading status has changed', entry: { series_id: a } });
    expect(await find(a)).toMatchObject({ progress: 1 });
  });

  it('changes nothing if an item of an atomic bulk fails, and lists the failed items', async () => {
    const [a, b] = ids;
    const key = { headers: { 'idempotency-key': 'atomic' } };
    const body = {
      client,
      atomic: true,
      items: [
        { op: 'add', series_id: a, ...fields },
        { op: 'update', series_id: b, ...fields },
        { op: 'delete', series_id: 999_999 },
      ],
    };
    const send = () => app.client.as(reader).post('/user/reading-history/bulk', body, key);
    const answer = await send();
    expect(answer).toMatchObject({ status: 409, body: { data: 'Nothing was changed', code: 409 } });
    expect(answer.body.results.map((result: { index: number }) => result.index)).toEqual([1, 2]);
    expect(await find(a)).toBeNull();
    expect((await send()).headers['idempotency-replayed']).toBe('true');
    expect((await bulk(body.items.slice(0, 1), { atomic: true })).status).toBe(200);
    expect(await find(a)).toMatchObject({ progress: 1 });
  });

  it.each([
    [{ items: [] }, 'Invalid parameters'],
    [{ items: Array.from({ length: 501 }, () => ({ op: 'delete', series_id: 1 })) }, 'Invalid parameters'],
    [{ items: { op: 'delete' } }, 'Invalid parameters'],
    [{ items: undefined }, 'Required parameters missing'],
    [{ client: undefined }, 'Required parameters missing'],
    [{ client: 99_999 }, 'Invalid parameters'],
    [{ atomic: 'yes' }, 'Invalid parameters'],
    [{ device: 1 }, 'Invalid parameters'],
    [{ unknown: 1 }, 'Invalid parameters'],
  ])('rejects a bulk that is wrong as a whole with 400', async (rest, data) => {
    const answer = await bulk([{ op: 'add', series_id: ids[0], ...fields }], rest);
    expect(answer).toMatchObject({ status: 400, body: { data } });
    expect(await find(ids[0])).toBeNull();
  });

  it('accepts a body of 2 MiB', async () => {
    const items = Array.from({ length: 60 }, (_, index) => ({
      op: 'put',
      series_id: ids[index % 3],
      ...fields,
      notes: '語'.repeat(10_000),
    }));
    const answer = await bulk(items);
    expect(answer.body.results.at(-1).code).toBe(200);
    const raw = JSON.stringify({ client, items }).padEnd(2 * 1024 * 1024 + 1, ' ');
    const large = await app.client.as(reader).post('/user/reading-history/bulk', undefined, {
      raw,
      headers: { 'content-type': 'application/json' },
    });
    expect(large.status).toBe(413);
  });

  it('limits the bulks of a reader to 30 a minute', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on' }, app.database);
    const send = (url: string) =>
      limited.client.as(reader).post(url, { client, items: [{ op: 'delete', series_id: 1 }] });
    const answers = [];
    for (let index = 0; index < 31; index++) {
      answers.push(await send(index % 2 === 0 ? '/user/reading-history/bulk' : '/user/collection/bulk'));
    }
    await limited.close();
    expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(30);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { data: 'Too many requests.' } });
  });
});

describe('POST /user/collection/bulk', () => {
  it('adds, changes and deletes items, which can be undone', async () => {
    const [owned] = await app.a.series({
      volumes: [1, 2].map((order) => ({
        external_id: `${reader.id}-${order}`,
        name: 'V',
        order,
        language: 'en',
      })),
    });
    const volumes = await app.database.query<{ id: number }>(
      'select id from volumes where series_id = $1 order by id',
      [owned],
    );
    const [one, two] = volumes.map(({ id }) => id);
    const send = (items: unknown[], rest = {}) =>
      app.client.as(reader).post('/user/collection/bulk', { client, items, ...rest });
    const { body } = await send([
      { op: 'add', volume_id: one, price: 5, date: '2020-01-01' },
      { op: 'add', volume_id: two },
      { op: 'add', volume_id: one },
      { op: 'add', volume_id: 999_999 },
      { op: 'add', volume_id: one, client },
      { op: 'delete', item_id: 999_999 },
    ]);
    expect(body.results.map((result: { code: number }) => result.code)).toEqual([
      200, 200, 409, 404, 400, 404,
    ]);
    expect(body.results[2].item).toMatchObject({ volume_id: one, price: 5 });
    const [first, second] = body.results.map((result: { item_id: number }) => result.item_id);
    const changed = await send([
      { op: 'update', item_id: first, price: 7, date: '2021-01-01' },
      { op: 'delete', item_id: second },
    ]);
    expect(changed.body.results.map((result: { code: number }) => result.code)).toEqual([200, 200]);
    const failed = await send(
      [
        { op: 'delete', item_id: first },
        { op: 'delete', item_id: second },
      ],
      { atomic: true },
    );
    expect(failed).toMatchObject({
      status: 409,
      body: { data: 'Nothing was changed', results: [{ index: 1 }] },
    });
    const undone = await app.client
      .as(reader)
      .post('/user/events/undo', { origin: { type: 'bulk', id: changed.body.id } });
    expect(undone.body).toEqual({ undone: 2, skipped: [] });
    const list = await app.client.as(reader).get(`/user/collection?client=${client}`);
    expect(list.body.volumes.map((volume: { collection: object }) => volume.collection)).toEqual([
      expect.objectContaining({ item_id: first, buy_date: '2020-01-01', price: 5 }),
      expect.objectContaining({ item_id: second }),
    ]);
  });
});
