import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';

const app = appForFile();
let reader: TestUser;
let client: number;
let series: number;

beforeAll(async () => {
  reader = await app.a.user();
  client = await app.a.clientId();
});
beforeEach(async () => {
  series = await app.a.oneSeries();
});

const as = (headers: Record<string, string> = {}) => app.client.as(reader).with(headers);
const add = async (fields: Record<string, unknown> = {}) =>
  (await as().post(`/user/reading-status/add/${series}`, await app.a.entry(fields))).body.entry;
const update = async (fields: Record<string, unknown>, headers = {}) =>
  as(headers).post(`/user/reading-status/update/${series}`, await app.a.entry(fields));
const progress = (fields: Record<string, unknown>, headers = {}) =>
  as(headers).post(`/user/reading-status/progress/${series}`, { op: 'set', client, ...fields });
const find = async () => (await as().get(`/user/reading-status/id/${series}`)).body;

describe('The two counters of an entry', () => {
  it('keeps the counter that an update does not name, also when progress_type changes', async () => {
    expect(await add({ progress: 10 })).toMatchObject({ chapters: 10, volumes: null });
    expect((await update({ progress: 11, volumes: 2 })).body.entry).toMatchObject({
      chapters: 11,
      volumes: 2,
    });
    expect((await update({ progress: 12 })).body.entry).toMatchObject({ chapters: 12, volumes: 2 });
    expect((await update({ progressType: 'volumes', progress: 3 })).body.entry).toMatchObject({
      progress_type: 'volumes',
      progress: 3,
      chapters: 12,
      volumes: 3,
    });
    expect((await update({ progressType: 'volumes', progress: 3, chapters: null })).body.entry).toMatchObject(
      {
        chapters: null,
        volumes: 3,
      },
    );
  });

  it.each([
    { chapters: 2 },
    { chapters: null },
    { volumes: -1 },
    { volumes: 1.001 },
    { volumes: '1' },
    { progressType: 'volumes', volumes: null },
  ])('rejects counters that are invalid or contradict progress: %j', async (fields) => {
    const answer = await as().post(`/user/reading-status/add/${series}`, await app.a.entry(fields));
    expect(answer).toMatchObject({ status: 400, body: { data: 'Invalid parameters' } });
  });
});

describe('Conditional requests', () => {
  it('answers an ETag, and 304 to a client whose copy is current', async () => {
    const none = await as().get(`/user/reading-status/id/${series}`);
    expect(none.headers['etag']).toBeUndefined();
    await add();
    const url = `/user/reading-status/id/${series}`;
    const answer = await as().get(url);
    expect(answer.headers).toMatchObject({
      etag: `"${answer.body.version}"`,
      'cache-control': 'private, no-cache',
    });
    const etag = String(answer.headers['etag']);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      expect(await as({ 'if-none-match': tag }).get(url), tag).toMatchObject({ status: 304, text: '' });
    }
    for (const tag of ['"x"', 'malformed', `${etag}x`]) {
      expect((await as({ 'if-none-match': tag }).get(url)).status, tag).toBe(200);
    }
  });

  it('changes nothing and answers 412 with the entry if the version is another one', async () => {
    const { version } = await add({ progress: 3 });
    const stale = [`"${version + 1}"`, `W/"${version}"`, '"x"', '"x", "y"'];
    const calls = (headers: Record<string, string>) => [
      update({ progress: 9 }, headers),
      progress({ value: 9 }, headers),
      as(headers).post(`/user/reading-status/${series}/restart`, { client }),
      as(headers).post(`/user/reading-status/${series}/reads`, { client, status: 'completed' }),
      as(headers).patch(`/user/reading-status/${series}/reads/1`, { status: 'completed' }),
      as(headers).delete(`/user/reading-status/delete/${series}`),
    ];
    for (const tag of stale) {
      for (const answer of await Promise.all(calls({ 'if-match': tag }))) {
        expect(answer, tag).toMatchObject({
          status: 412,
          body: { data: 'Reading status has changed', code: 412, entry: { version, progress: 3 } },
        });
      }
    }
    expect(await find()).toMatchObject({ version, progress: 3 });
    for (const tag of ['', 'x', '"a" "b"', '*, "a"', '"a', `${version}`]) {
      expect((await update({ progress: 9 }, { 'if-match': tag })).status, tag).toBe(400);
    }
    expect((await update({ progress: 9 }, { 'if-match': `"x", "${version}"` })).status).toBe(200);
    expect((await update({ progress: 10 }, { 'if-match': '*' })).status).toBe(200);
    expect((await as({ 'if-match': '"99"' }).delete(`/user/reading-status/delete/${series}`)).status).toBe(
      412,
    );
  });

  it('answers 412 with null if there is no entry, before 404, and add ignores the header', async () => {
    const none = { status: 412, body: { data: 'Reading status has changed', code: 412, entry: null } };
    expect(await update({}, { 'if-match': '*' })).toMatchObject(none);
    expect(await progress({ value: 1 }, { 'if-match': '"1"' })).toMatchObject(none);
    expect(
      await as({ 'if-match': '*' }).post('/user/reading-status/progress/999999', {
        op: 'set',
        value: 1,
        client,
      }),
    ).toMatchObject(none);
    const added = await as({ 'if-match': '"1"' }).post(
      `/user/reading-status/add/${series}`,
      await app.a.entry(),
    );
    expect(added.status).toBe(200);
  });

  it('lets one of 50 concurrent updates with the same version win', async () => {
    const { version } = await add();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => update({ progress: index }, { 'if-match': `"${version}"` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(49);
  });
});

describe('Versions', () => {
  it('grow with every change and do not begin again when a series is deleted and added again', async () => {
    const versions = [(await add()).version];
    versions.push((await update({})).body.entry.version, (await progress({ value: 7 })).body.version);
    await as().delete(`/user/reading-status/delete/${series}`);
    versions.push((await add()).version);
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
    expect(new Set(versions).size).toBe(4);
  });

  it('are unique under concurrent changes of many entries', async () => {
    const ids = await app.a.series(...Array.from({ length: 10 }, () => ({})));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        as().post(`/user/reading-status/progress/${ids[index % 10]}`, { op: 'increment', value: 1, client }),
      ),
    );
    const versions = answers.map(({ body }) => body.version);
    expect(new Set(versions).size).toBe(100);
    for (const id of ids) {
      expect((await as().get(`/user/reading-status/id/${id}`)).body.progress).toBe(10);
    }
  });

  it('of existing entries are those that the migration has assigned: none is shown to others', async () => {
    await add({ visibility: 'public' });
    const { body } = await app.client.get(`/profiles/${reader.username}/reading-history`);
    const entry = body.series[0]['reading-history'];
    expect(entry).toHaveProperty('chapters');
    expect(entry).not.toHaveProperty('version');
    expect(entry).not.toHaveProperty('notes');
  });
});

describe('POST /user/reading-status/progress/{id}', () => {
  it('adds a private entry if there is none', async () => {
    expect((await progress({ value: 4, date: '2024-05', device: 'phone' })).body).toMatchObject({
      visibility: 'private',
      status: 'started',
      priority: 'mid',
      progress_type: 'chapters',
      progress: 4,
      volumes: null,
      start: '2024-05',
      client,
    });
    const [other] = await app.a.series({});
    const volumes = { op: 'increment', value: 1, client, progressType: 'volumes' };
    expect((await as().post(`/user/reading-status/progress/${other}`, volumes)).body).toMatchObject({
      progress_type: 'volumes',
      volumes: 1,
      chapters: null,
    });
  });

  it.each([
    ['a new entry', false],
    ['an existing entry', true],
  ])('never lowers a counter by max, under any interleaving: %s', async (_, exists) => {
    // Of an existing entry, all requests read the same state before the first one writes.
    if (exists) await add({ progress: 0 });
    const values = Array.from({ length: 100 }, (_value, index) => (index * 37) % 101);
    await Promise.all(values.map((value) => progress({ op: 'max', value })));
    expect((await find()).progress).toBe(Math.max(...values));
    const { body } = await as().get(`/user/events?series=${series}&limit=100`);
    for (const { before, after } of body.events) {
      if (before !== null) expect(after.progress).toBeGreaterThan(before.progress);
    }
  });

  it('counts each of 100 concurrent increments of an entry', async () => {
    await add({ progress: 0 });
    await Promise.all(Array.from({ length: 100 }, () => progress({ op: 'increment', value: 1 })));
    expect((await find()).progress).toBe(100);
    const { body } = await as().get(`/user/events?series=${series}&limit=100`);
    const results = body.events.map((event: { after: { progress: number } }) => event.after.progress);
    expect(results).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index));
  });

  it('increments without rounding errors, and rejects a result above the limit', async () => {
    await add({ progress: 0.1 });
    expect((await progress({ op: 'increment', value: 0.2 })).body.progress).toBe(0.3);
    await progress({ value: 99_999 });
    expect(await progress({ op: 'increment', value: 0.01 })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'value' }] },
    });
  });

  it.each([
    ['planned', 2, 'started'],
    ['paused', 2, 'started'],
    ['dropped', 2, 'started'],
    ['completed', 2, 'completed'],
    ['paused', 1, 'paused'],
    ['paused', 0, 'paused'],
  ])('turns %s with counter 1 set to %d into %s', async (status, value, expected) => {
    await add({ status });
    expect((await progress({ value })).body.status).toBe(expected);
  });

  it('sets the start only if there is none and it is not after the end', async () => {
    await add({ end: '2024-05' });
    expect((await progress({ value: 2, date: '2024-06' })).body.start).toBeNull();
    expect((await progress({ value: 3, date: '2024' })).body.start).toBe('2024');
    expect((await progress({ value: 4, date: '2023' })).body.start).toBe('2024');
  });

  it('changes neither version, time, client nor log if nothing changes', async () => {
    const former = await add({ progress: 5 });
    const other = await app.a.registeredClient();
    for (const command of [
      { op: 'max', value: 4 },
      { op: 'set', value: 5 },
      { op: 'max', value: 0, progressType: 'volumes' },
    ]) {
      expect((await progress({ ...command, client: other.id })).body).toEqual(former);
    }
    expect(await find()).toEqual(former);
    const { body } = await as().get(`/user/events?series=${series}`);
    expect(body.events).toHaveLength(1);
  });

  it.each([
    [{ op: 'increment', value: 0 }, 'Invalid parameters'],
    [{ op: 'add', value: 1 }, 'Invalid parameters'],
    [{ value: -1 }, 'Invalid parameters'],
    [{ value: 1.005 }, 'Invalid parameters'],
    [{ value: 1, device: '' }, 'Invalid parameters'],
    [{ value: 1, device: 'x'.repeat(101) }, 'Invalid parameters'],
    [{ value: 1, date: '2024-13' }, 'Invalid parameters'],
    [{ value: 1, progressType: 'pages' }, 'Invalid parameters'],
    [{ value: 1, client: 99_999 }, 'Invalid parameters'],
    [{}, 'Required parameters missing'],
    [{ value: 1, client: undefined }, 'Required parameters missing'],
  ])('rejects the command %j with 400', async (fields, data) => {
    expect(await progress(fields)).toMatchObject({ status: 400, body: { data } });
  });

  it('answers 404 to an unknown series', async () => {
    const answer = await as().post('/user/reading-status/progress/999999', { op: 'set', value: 1, client });
    expect(answer).toMatchObject({ status: 404, body: { data: 'Series not found' } });
  });
});

describe('Reads', () => {
  const url = () => `/user/reading-status/${series}/reads`;
  const list = async () => (await as().get(url())).body.reads;

  it('stores the current read as a former one and begins again', async () => {
    await add({
      progress: 8,
      volumes: 2,
      status: 'completed',
      start: '2020',
      end: '2021',
      score: 7,
      notes: 'n',
    });
    const { body } = await as().post(`/user/reading-status/${series}/restart`, { client, date: '2024' });
    expect(body).toMatchObject({
      status: 'started',
      progress: 0,
      chapters: 0,
      volumes: 0,
      start: '2024',
      end: null,
      score: 7,
      notes: 'n',
      reread: 1,
    });
    const [former, current] = await list();
    expect(former).toMatchObject({
      number: 1,
      current: false,
      status: 'completed',
      chapters: 8,
      volumes: 2,
      end: '2021',
    });
    expect(current).toMatchObject({
      number: 2,
      current: true,
      status: 'started',
      chapters: 0,
      start: '2024',
    });
    expect(await as().post(`/user/reading-status/${series}/restart`, { client })).toMatchObject({
      status: 409,
      body: { data: 'Read has not begun' },
    });
  });

  it('orders former reads by start, unknown first, and counts them as rereads', async () => {
    await add({ reread: 2 });
    for (const start of ['2021-05', '2021', null, '2020-12-31', null]) {
      expect(await as().post(url(), { client, status: 'completed', start })).toMatchObject({ status: 201 });
    }
    const reads = await list();
    expect(reads.map((read: { start: string }) => read.start)).toEqual([
      null,
      null,
      '2020-12-31',
      '2021',
      '2021-05',
      null,
    ]);
    expect(reads.map((read: { number: number }) => read.number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(reads[0].id).toBeLessThan(reads[1].id);
    expect((await find()).reread).toBe(5);
  });

  it('changes and deletes former reads, and gives the entry a new version each time', async () => {
    const { version } = await add();
    const added = (await as().post(url(), { client, status: 'completed', start: '2020', score: 0 })).body;
    expect(added).toMatchObject({ number: 1, current: false, score: null });
    const changed = await as().patch(`${url()}/${added.id}`, { end: '2021', notes: 'x' });
    expect(changed).toMatchObject({
      status: 200,
      body: { start: '2020', end: '2021', notes: 'x', status: 'completed' },
    });
    const invalid = { status: 400, body: { data: 'Invalid parameters' } };
    expect(await as().patch(`${url()}/${added.id}`, { end: '2019' })).toMatchObject(invalid);
    expect(await as().patch(`${url()}/${added.id}`, { status: 'planned' })).toMatchObject(invalid);
    expect((await as().patch(`${url()}/${added.id}`, { status: null })).status).toBe(400);
    expect((await as().patch(`${url()}/${added.id}`, {})).status).toBe(400);
    const entry = await find();
    expect(entry.version).toBe(version + 2);
    expect(await as({ 'if-match': `"${version}"` }).delete(`${url()}/${added.id}`)).toMatchObject({
      status: 412,
    });
    expect((await as({ 'if-match': `"${entry.version}"` }).delete(`${url()}/${added.id}`)).status).toBe(204);
    expect(await list()).toHaveLength(1);
  });

  it('refuses the current read with 409, an unknown one and another reader’s with 404', async () => {
    await add();
    const [current] = await list();
    const refused = { status: 409, body: { data: 'Current read' } };
    expect(await as().patch(`${url()}/${current.id}`, { notes: 'x' })).toMatchObject(refused);
    expect(await as().delete(`${url()}/${current.id}`)).toMatchObject(refused);
    expect(await as().delete(`${url()}/999`)).toMatchObject({
      status: 404,
      body: { data: 'Read not found' },
    });
    const other = app.client.as(await app.a.user());
    const none = { status: 404, body: { data: 'Reading status does not exist for this series' } };
    expect(await other.get(url())).toMatchObject(none);
    expect(await other.delete(`${url()}/${current.id}`)).toMatchObject(none);
  });

  it('refuses more than 200 former reads with 409', async () => {
    await add();
    await app.database.query(
      `insert into former_reads (user_id, series_id, id, status) select $1, $2, 100000 + i, 'completed' from generate_series(1, 200) i`,
      [reader.id, series],
    );
    await app.database.query(
      'update reading_entries set former_reads = 200 where user_id = $1 and series_id = $2',
      [reader.id, series],
    );
    const full = { status: 409, body: { data: 'Read limit reached' } };
    expect(await as().post(url(), { client, status: 'completed' })).toMatchObject(full);
    expect(await as().post(`/user/reading-status/${series}/restart`, { client })).toMatchObject(full);
  });
});
