import { beforeAll, describe, expect, it } from 'vitest';
import { insertSeries } from '../support/catalog-rows.js';
import { appForFile, startApp } from '../support/app.js';
import { recordStatements } from '../support/statements.js';
import type { TestUser } from '../support/builders.js';

const app = appForFile();
let reader: TestUser;

beforeAll(async () => {
  reader = await app.a.user();
});

const add = async (user: TestUser, id: number, fields: Record<string, unknown> = {}) =>
  app.client.as(user).post(`/user/reading-status/add/${id}`, await app.a.entry(fields));
const update = async (user: TestUser, id: number, fields: Record<string, unknown> = {}) =>
  app.client.as(user).post(`/user/reading-status/update/${id}`, await app.a.entry(fields));

describe('Reading entries: /user/reading-status', () => {
  it('adds, returns, replaces and deletes a reading entry', async () => {
    const id = await app.a.oneSeries();
    const client = app.client.withCookie(reader);
    const entryUrl = `/user/reading-status/id/${id}`;
    expect(await client.get(entryUrl)).toMatchObject({ status: 200, text: 'null' });
    expect(
      await add(reader, id, { start: '2024', end: '2024-05-01', notes: 'x', score: 8.5, reread: 2 }),
    ).toMatchObject({
      status: 200,
      body: { data: 'Reading status added successfully', code: 200 },
    });
    const clientId = await app.a.clientId();
    expect((await client.get(entryUrl)).body).toEqual({
      user_id: reader.id,
      series_id: id,
      visibility: 'private',
      progress_type: 'chapters',
      progress: 1,
      chapters: 1,
      volumes: null,
      status: 'started',
      reread: 2,
      score: 8.5,
      priority: 'mid',
      start: '2024',
      end: '2024-05-01',
      notes: 'x',
      client: clientId,
      last_update: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      version: 1,
    });
    expect(await add(reader, id)).toMatchObject({
      status: 409,
      body: { data: 'Reading status already exists for this series', code: 409 },
    });
    expect(
      await update(reader, id, { progress: 10.25, status: 'paused', client: String(clientId) }),
    ).toMatchObject({
      status: 200,
      body: { data: 'Reading status updated successfully', code: 200 },
    });
    expect((await client.get(entryUrl)).body).toMatchObject({
      progress: 10.25,
      status: 'paused',
      reread: 0,
      score: null,
      start: null,
      end: null,
      notes: null,
    });
    expect(await client.delete(`/user/reading-status/delete/${id}`)).toMatchObject({
      status: 200,
      body: { data: 'Reading status deleted successfully', code: 200 },
    });
    const missing = {
      status: 404,
      body: { data: 'Reading status does not exist for this series', code: 404 },
    };
    expect(await client.delete(`/user/reading-status/delete/${id}`)).toMatchObject(missing);
    expect(await update(reader, id)).toMatchObject(missing);
    expect(await client.get(entryUrl)).toMatchObject({ text: 'null' });
  });

  it('rejects 199 of 200 concurrent adds of the same reading entry with 409', async () => {
    const id = await app.a.oneSeries();
    const answers = await Promise.all(Array.from({ length: 200 }, () => add(reader, id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
  });

  it('returns null or 404 for the reading entry of another user', async () => {
    const id = await app.a.oneSeries();
    const other = await app.a.user();
    await add(reader, id);
    expect((await app.client.as(other).get(`/user/reading-status/id/${id}`)).text).toBe('null');
    expect((await update(other, id)).status).toBe(404);
    expect((await app.client.as(other).delete(`/user/reading-status/delete/${id}`)).status).toBe(404);
    expect((await app.client.as(reader).get(`/user/reading-status/id/${id}`)).body.series_id).toBe(id);
  });

  it('answers 404 to a reading entry of an unknown series', async () => {
    const missing = { status: 404, body: { data: 'Series not found', code: 404 } };
    for (const id of [999_999, 2 ** 31, '9'.repeat(40)]) {
      expect(await app.client.as(reader).get(`/user/reading-status/id/${id}`)).toMatchObject(missing);
      expect(await add(reader, id as number)).toMatchObject(missing);
      expect((await update(reader, id as number)).body.data).toBe(
        'Reading status does not exist for this series',
      );
    }
  });

  it.each(['id', 'add', 'update', 'delete'])(
    'reports a blank series id as missing, with 400: %s',
    async (action) => {
      const method = { id: 'GET', delete: 'DELETE' }[action] ?? 'POST';
      const body = method === 'POST' ? await app.a.entry() : undefined;
      for (const tail of ['', '/', '/%20', '/%20%20/', '/?x=1']) {
        const url = `/user/reading-status/${action}${tail}`;
        expect(await app.client.as(reader).send(method, url, body), url).toMatchObject({
          status: 400,
          body: { data: 'Required parameters missing' },
        });
        expect((await app.client.send(method, url, body)).status).toBe(401);
      }
      expect(
        await app.client.as(reader).send(method, `/user/reading-status/${action}/x`, body),
      ).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters' },
      });
      if (method === 'POST') {
        expect((await app.client.as(reader).post(`/user/reading-status/${action}/x`, {})).body.data).toBe(
          'Required parameters missing',
        );
      }
    },
  );
});

describe('Fields of a reading entry', () => {
  const required = ['visibility', 'progressType', 'progress', 'status', 'priority', 'client'];

  it.each(required.flatMap((field) => [undefined, null, ' '].map((value) => [field, value] as const)))(
    'reports the required field %s as missing when it is %j',
    async (field, value) => {
      const id = await app.a.oneSeries();
      const answer = await add(reader, id, { [field]: value });
      expect(answer).toMatchObject({ status: 400, body: { data: 'Required parameters missing' } });
      expect(answer.body.errors).toMatchObject([{ field }]);
    },
  );

  it.each([
    { visibility: 'friends' },
    { visibility: ['private'] },
    { progressType: 'pages' },
    { progress: '1' },
    { progress: -1 },
    { progress: 99_999.01 },
    { progress: 1.005 },
    { progress: true },
    { status: 'reading' },
    { reread: -1 },
    { reread: 1.5 },
    { reread: 10_000 },
    { reread: null },
    { reread: '1' },
    { score: 10.1 },
    { score: -1 },
    { score: 5.55 },
    { score: '5' },
    { priority: 'urgent' },
    { start: '24' },
    { start: '2023-02-29' },
    { start: '2023-13' },
    { start: '2023-00' },
    { start: '0000' },
    { start: '2023-1-1' },
    { start: '2023-01-01T00:00:00Z' },
    { start: 2023 },
    { start: '2024-05', end: '2024-04-30' },
    { start: '2024', end: '2023-12-31' },
    { start: '2024-05-02', end: '2024-05-01' },
    { end: '2024-02-30' },
    { notes: 'n'.repeat(10_001) },
    { notes: 1 },
    { client: 0 },
    { client: -1 },
    { client: 1.5 },
    { client: 'x' },
    { client: 99_999 },
    { client: '9'.repeat(30) },
    { client: true },
    { user_id: 'x' },
    { series_id: 1 },
    { last_update: '2024-01-01' },
    { unknown: 1 },
    { progress_type: 'chapters' },
    { progress_type: 'volumes' },
  ])('rejects a reading entry with %j with 400', async (fields) => {
    const id = await app.a.oneSeries();
    expect(await add(reader, id, fields)).toMatchObject({
      status: 400,
      body: { data: 'Invalid parameters' },
    });
    expect((await app.client.as(reader).get(`/user/reading-status/id/${id}`)).text).toBe('null');
  });

  it.each([
    [{ progress: 0 }, { progress: 0 }],
    [{ progress: 99_999 }, { progress: 99_999 }],
    [{ progress: 10.55 }, { progress: 10.55 }],
    [{ reread: 9_999 }, { reread: 9_999 }],
    [{ score: 0 }, { score: null }],
    [{ score: null }, { score: null }],
    [{ score: 10 }, { score: 10 }],
    [{ score: 0.1 }, { score: 0.1 }],
    [
      { start: '2024-05', end: '2024' },
      { start: '2024-05', end: '2024' },
    ],
    [
      { start: '2024', end: '2024-01-01' },
      { start: '2024', end: '2024-01-01' },
    ],
    [
      { start: '2024-02-29', end: null },
      { start: '2024-02-29', end: null },
    ],
    [
      { start: '', notes: '' },
      { start: null, notes: null },
    ],
    [{ notes: '😀'.repeat(10_000) }, { notes: '😀'.repeat(10_000) }],
    [{ notes: '\\"\n\t\u0001% ${x} \u2028' }, { notes: '\\"\n\t\u0001% ${x} \u2028' }],
    [{ progressType: undefined, progress_type: 'volumes' }, { progress_type: 'volumes' }],
  ])('accepts a reading entry with %j', async (fields, expected) => {
    const id = await app.a.oneSeries();
    expect((await add(reader, id, fields)).status).toBe(200);
    expect((await app.client.as(reader).get(`/user/reading-status/id/${id}`)).body).toMatchObject(expected);
  });

  it('limits the body of a reading entry to 192 KiB and other bodies to 64 KiB', async () => {
    const id = await app.a.oneSeries();
    const filled = (bytes: number) => `{"notes":"${'n'.repeat(bytes - 12)}"}`;
    const headers = { 'content-type': 'application/json' };
    const send = (url: string, bytes: number) =>
      app.client.as(reader).post(url, undefined, { raw: filled(bytes), headers });
    expect((await send(`/user/reading-status/add/${id}`, 192 * 1024)).status).toBe(400);
    expect((await send(`/user/reading-status/add/${id}`, 192 * 1024 + 1)).status).toBe(413);
    expect((await send('/auth/login', 64 * 1024)).status).toBe(400);
    expect((await send('/auth/login', 64 * 1024 + 1)).status).toBe(413);
  });
});

describe('GET /user/reading-history', () => {
  let owner: TestUser;
  let ids: number[];
  const list = async (query = '') => (await app.client.as(owner).get(`/user/reading-history?${query}`)).body;
  const shown = async (query: string) =>
    (await list(query)).series.map(({ id }: { id: number }) => ids.indexOf(id)) as number[];

  beforeAll(async () => {
    owner = await app.a.user();
    const website = await app.a.registeredClient();
    ids = await app.a.series(
      { name: 'beta', titles: [{ language: 'ja', title: 'ベータ' }] },
      { name: 'Alpha' },
      { name: 'álpha' },
      { name: 'Gamma', client: website.id },
    );
    await add(owner, ids[0] as number, { priority: 'high', score: 5, start: '2024', end: '2025' });
    await add(owner, ids[1] as number, { priority: 'low', score: 7, start: '2024-01-01', status: 'paused' });
    await add(owner, ids[2] as number, { priority: 'mid', start: '2023-12' });
    await add(owner, ids[3] as number, { priority: 'low', score: 5, end: '2024-12-31', status: 'dropped' });
  });

  it.each([
    ['', [3, 2, 1, 0]],
    ['order=update-desc', [3, 2, 1, 0]],
    ['order=update-asc', [0, 1, 2, 3]],
    ['order=name-asc', [1, 2, 0, 3]],
    ['order=name-desc', [3, 0, 1, 2]],
    ['order=priority-asc', [1, 3, 2, 0]],
    ['order=priority-desc', [0, 2, 1, 3]],
    ['order=score-asc', [0, 3, 1, 2]],
    ['order=score-desc', [1, 0, 3, 2]],
    ['order=start-date-asc', [2, 0, 1, 3]],
    ['order=start-date-desc', [0, 1, 2, 3]],
    ['order=end-date-asc', [3, 0, 1, 2]],
    ['order=end-date-desc', [0, 3, 1, 2]],
    ['status=started&order=update-asc', [0, 2]],
    ['status=paused,dropped&order=update-asc', [1, 3]],
    ['search=ALPHA&order=update-asc', [1, 2]],
    ['search=%E3%83%99%E3%83%BC&order=update-asc', [0]],
    ['search=m', [3]],
    ['search=%25', []],
    ['limit=2&offset=1&order=name-asc', [2, 0]],
  ])('returns the expected page of the reading history for "%s"', async (query, expected) => {
    expect(await shown(query)).toEqual(expected);
  });

  it('returns the position and total of a page of the reading history', async () => {
    expect(await list('limit=3')).toMatchObject({ max: 2, from: 1, to: 3, total: 4 });
    expect(await list('limit=3&offset=3')).toMatchObject({ max: 2, from: 4, to: 4, total: 4 });
    expect(await list('offset=4')).toMatchObject({ series: [], max: 1, from: 0, to: 0, total: 4 });
    const none = { planned: 0, started: 0, completed: 0, paused: 0, dropped: 0 };
    expect(await list('search=nothing')).toEqual({
      series: [],
      counts: none,
      max: 0,
      from: 0,
      to: 0,
      total: 0,
    });
  });

  it('counts the entries by status under the search and client of the request, whatever its statuses', async () => {
    const all = { planned: 0, started: 2, completed: 0, paused: 1, dropped: 1 };
    const found = { planned: 0, started: 1, completed: 0, paused: 1, dropped: 0 };
    const paused = await list('status=paused');
    expect(paused).toMatchObject({ counts: all, total: 1 });
    expect(await list('search=ALPHA')).toMatchObject({ counts: found, total: 2 });
    expect(await list('search=ALPHA&status=paused')).toMatchObject({ counts: found, total: 1, to: 1 });
    expect(await list('search=ALPHA&status=dropped')).toMatchObject({ series: [], counts: found, total: 0 });
    const other = await app.a.registeredClient();
    expect((await list(`client=${other.id}`)).counts).toEqual({ ...all, dropped: 0 });
  });

  it('filters the reading history by client: series of that client and of no client', async () => {
    const other = await app.a.registeredClient();
    expect(await shown(`client=${other.id}&order=update-asc`)).toEqual([0, 1, 2]);
    expect((await list(`client=${other.id}`)).total).toBe(3);
    expect((await app.client.as(owner).get('/user/reading-history?client=99999')).status).toBe(400);
  });

  it('returns each series of the history in the requested language, with its entry', async () => {
    const [first] = (await list('order=update-asc&user_lang=Japanese')).series;
    expect(first).toMatchObject({
      id: ids[0],
      alias: 'ベータ',
      'reading-history': { series_id: ids[0], user_id: owner.id, score: 5 },
      rating: null,
    });
  });

  it.each([
    'order=rank',
    'status=reading',
    'status=started,',
    'limit=x',
    'limit=101',
    'offset=-1',
    'search=a&search=b',
  ])('rejects the reading history query %s with 400', async (query) => {
    expect(await app.client.as(owner).get(`/user/reading-history?${query}`)).toMatchObject({
      status: 400,
      body: { data: 'Invalid parameters' },
    });
  });

  it('reads a page of the history in one statement, whatever its size', async () => {
    const statementsOf = async (limit: number) => {
      await app.database.query('select pg_stat_force_next_flush()');
      const record = recordStatements(app.nest);
      await list(`limit=${limit}`);
      record.stop();
      return record.executed.map(({ name }) => name);
    };
    const page = expect.stringMatching(/^reading-history\.page-\d+$/);
    expect(await statementsOf(1)).toEqual(['sessions.credential', page]);
    expect(await statementsOf(20)).toEqual(['sessions.credential', page]);
  });
});

describe('A reading history of 10,000 entries', () => {
  it('reads a long history by index, and only entries of its owner', async () => {
    const owner = await app.a.user();
    await insertSeries(
      app.database,
      Array.from({ length: 10_000 }, (_, index) => `long-${index + 1}`),
    );
    await app.database.query(
      `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id, last_update)
       select $1, id, name, 1, 'mid', $2, id, id, now() - make_interval(secs => id) from series where external_id like 'long-%'`,
      [owner.id, await app.a.clientId()],
    );
    await app.database.query(
      `insert into users (id, username, password_hash, slug)
       select lpad(to_hex(i), 24, '0'), 'other' || i, '', 'other' || i from generate_series(1, 6) i`,
    );
    // Without triggers: no test reads the counters of the other users.
    await app.database.query('set session_replication_role = replica');
    await app.database.query(
      `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id)
       select u.id, s.id, s.name, 1, 'mid', $1, s.id, s.id from users u, series s
       where u.username like 'other%' and s.external_id like 'long-%'`,
      [await app.a.clientId()],
    );
    await app.database.query('reset session_replication_role');
    // Dead rows at the ends of an index would add to the rows read.
    await app.database.query('vacuum analyze');
    const current = async () => {
      await app.database.query('select pg_stat_clear_snapshot()');
      const [row] = await app.database.query<{ seq: number; fetched: number }>(
        `select seq_tup_read::int as seq, idx_tup_fetch::int as fetched
         from pg_stat_user_tables where relname = 'reading_entries'`,
      );
      return row as { seq: number; fetched: number };
    };
    // A connection reports its statistics at most once a second. The connections of a new app have no unreported
    // reads, so that the reads of one statement arrive together.
    const fresh = await startApp({ DATABASE_POOL_SIZE: '2' }, app.database);
    const changedFrom = async (former: Awaited<ReturnType<typeof current>>) => {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const now = await current();
        if (now.fetched !== former.fetched || now.seq !== former.seq) return now;
      }
    };
    let before = await current();
    const scans = async (query: string) => {
      const { body } = await fresh.client.as(owner).get(`/user/reading-history?${query}`);
      const after = await changedFrom(before);
      const read = { seq: after.seq - before.seq, fetched: after.fetched - before.fetched };
      before = after;
      return { total: body.total, ...read };
    };
    // Rows of the page alone where an index has the order, otherwise all rows of the user.
    const bounds = {
      '': 200,
      'order=name-asc': 200,
      'order=name-desc': 200,
      'order=score-desc': 10_200,
      'search=long-77': 10_200,
      offset9990: 10_200,
    };
    for (const [query, bound] of Object.entries(bounds)) {
      const rowsRead = async () => {
        const { total, seq, fetched } = await scans(query.replace('offset', 'offset='));
        return { isLong: total > 100, scanned: seq, isPage: fetched < bound };
      };
      // Connections of the other app may report earlier reads late, but only once.
      await expect.poll(rowsRead, { message: query }).toEqual({ isLong: true, scanned: 0, isPage: true });
    }
    await fresh.close();
  });
});
