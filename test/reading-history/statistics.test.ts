import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { dayFromToday, onOneDay, today } from '../support/dates.js';
import { apply, malExport, preview } from '../support/imports.js';
import { seededRandom } from '../support/random.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();
/** The year when this file begins. The tests that read the current day and the dates below stay within ten years. */
const YEAR = Number(today().slice(0, 4));
const YEARS = `from=${YEAR - 7}-01-01&to=${YEAR + 1}-12-31`;

const TYPES = ['Manga', 'Novel', 'Manhwa'];
const ORIGINS = ['Japanese', 'japanese', 'Korean'];
const TAGS = [['Action', 'Drama'], ['ACTION'], ['action', 'Action', 'Romance'], []];

interface Line {
  readonly id: number;
  readonly type: string;
  readonly origin: string;
  readonly tags: readonly string[];
  readonly client: number | null;
}

let client: number;
let lines: Line[];

beforeAll(async () => {
  client = await app.a.clientId();
  const other = (await app.a.registeredClient()).id;
  const described = Array.from({ length: 8 }, (_, index) => ({
    type: TYPES[index % 3] as string,
    origin: ORIGINS[index % 2 === 0 ? index % 3 : 0] as string,
    tags: TAGS[index % 4] as string[],
    client: [null, null, client, other][index % 4] as number | null,
    links: { mal: 500 + index },
  }));
  const ids = await app.a.series(...described);
  lines = described.map((line, index) => ({ ...line, id: ids[index] as number }));
});

const general = async (own: TestClient) => (await own.get('/user/reading-history/stats/general')).body;
const stats = async (own: TestClient, query = YEARS) =>
  (await own.get(`/user/reading-history/stats?${query}`)).body;

/** What statistics are computed from, read by other routes than theirs. */
interface Known {
  readonly entries: Record<string, any>[]; // oxlint-disable-line no-explicit-any
  readonly reads: Record<string, any>[]; // oxlint-disable-line no-explicit-any
}

async function known(own: TestClient): Promise<Known> {
  const { series } = (await own.get('/user/reading-history?limit=100&order=name-asc')).body;
  const entries = series.map((one: Record<string, never>) => one['reading-history']);
  const reads = [];
  for (const { series_id } of entries) {
    const body = (await own.get(`/user/reading-status/${series_id}/reads`)).body;
    reads.push(...body.reads.map((read: object) => ({ ...read, series_id })));
  }
  return { entries, reads };
}

const lineOf = (id: number) => lines.find((line) => line.id === id) as Line;

function counted(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value.toLowerCase()] = (counts[value.toLowerCase()] ?? 0) + 1;
  return counts;
}

/** The rows of `by_…`, after their order is checked: most frequent first. */
function asCounts(rows: readonly { key: string; count: number }[]): Record<string, number> {
  expect(rows.map(({ count }) => count)).toEqual(rows.map(({ count }) => count).sort((a, b) => b - a));
  expect(new Set(rows.map(({ key }) => key.toLowerCase())).size).toBe(rows.length);
  return Object.fromEntries(rows.map(({ key, count }) => [key.toLowerCase(), count]));
}

/** The naive recomputation of what depends on entries and reads. */
function recomputed({ entries, reads }: Known) {
  const series = entries.map(({ series_id }) => lineOf(series_id));
  const dates = (length: number, key: string) => {
    const sums: Record<string, { started: number; completed: number }> = {};
    const add = (date: string | null, field: 'started' | 'completed') => {
      if (date === null || date.length < length) return;
      const period = date.slice(0, length);
      (sums[period] ??= { started: 0, completed: 0 })[field]++;
    };
    for (const read of reads) {
      add(read['start'], 'started');
      if (read['status'] === 'completed') add(read['end'], 'completed');
    }
    return Object.entries(sums)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([period, sum]) => ({ [key]: key === 'year' ? Number(period) : period, ...sum }));
  };
  const ofScore = (bucket: number) =>
    entries.filter(({ score }) => score !== null && Math.max(1, Math.floor(score + 0.5)) === bucket).length;
  return {
    by_status: counted(entries.map(({ status }) => status)),
    by_type: counted(series.map(({ type }) => type)),
    by_origin: counted(series.map(({ origin }) => origin)),
    by_priority: counted(entries.map(({ priority }) => priority)),
    by_tag: counted(series.flatMap(({ tags }) => [...new Set(tags.map((tag) => tag.toLowerCase()))])),
    by_score: Array.from({ length: 10 }, (_, index) => ({ rating: index + 1, count: ofScore(index + 1) })),
    months: dates(7, 'month'),
    years: dates(4, 'year'),
  };
}

type Period = Record<string, number>;

/** The answer in the form of `recomputed`: periods without started and completed reads are left out. */
// Tests read the fields that they expect.
// oxlint-disable-next-line no-explicit-any
function asRecomputed(body: Record<string, any>) {
  const dates = (rows: readonly Period[]) =>
    rows
      .map(({ chapters: _c, volumes: _v, ...rest }) => rest)
      .filter(({ started, completed }) => started !== 0 || completed !== 0);
  return {
    by_status: asCounts(body['by_status']),
    by_type: asCounts(body['by_type']),
    by_origin: asCounts(body['by_origin']),
    by_priority: asCounts(body['by_priority']),
    by_tag: asCounts(body['by_tag']),
    by_score: body['by_score'],
    months: dates(body['months']),
    years: dates(body['years']),
  };
}

describe('statistics of the reading history', () => {
  it(
    'equal a naive recomputation after random changes, imports and undos',
    onOneDay(async () => {
      const random = seededRandom(21);
      const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
      const reader = await app.a.user();
      const own = app.client.as(reader);
      /** What has been read today, and how often something was changed. */
      const read = { chapters: 0, volumes: 0, changes: 0 };
      const state = async (id: number) => (await own.get(`/user/reading-status/id/${id}`)).body;
      const DATES = [
        null,
        `${YEAR - 6}`,
        `${YEAR - 5}-03`,
        `${YEAR - 5}-03-05`,
        `${YEAR - 4}-12-31`,
        `${YEAR - 3}`,
      ];
      const fields = async () => {
        const [start = null, end = null] = [pick(DATES), pick(DATES)].sort();
        return app.a.entry({
          progressType: pick(['chapters', 'volumes']),
          progress: pick([0, 1, 2.5, 7, 30]),
          status: pick(['planned', 'started', 'completed', 'paused', 'dropped']),
          priority: pick(['low', 'mid', 'high']),
          visibility: pick(['public', 'private']),
          score: pick([null, 0.3, 4.5, 7, 9.9]),
          ...(start !== null && end !== null && !end.startsWith(start.slice(0, 4))
            ? { start, end }
            : { start }),
        });
      };
      /** Runs a change, and counts by how much it has raised the counters. */
      const change = async (id: number, counts: boolean, work: () => Promise<{ status: number }>) => {
        const before = await state(id);
        const { status } = await work();
        const after = await state(id);
        expect([200, 201, 204, 404, 409]).toContain(status);
        if (!counts || (before?.version ?? 0) === (after?.version ?? 0)) return;
        read.changes++;
        for (const counter of ['chapters', 'volumes'] as const) {
          read[counter] += Math.max(0, (after?.[counter] ?? 0) - (before?.[counter] ?? 0));
        }
      };
      /** Counts an entry that is added, whose counters are not read. */
      const added = async (id: number, work: () => Promise<{ status: number }>) => {
        const existed = (await state(id)) !== null;
        const { chapters, volumes } = read;
        await change(id, true, work);
        if (!existed) Object.assign(read, { chapters, volumes });
      };
      const operations: ((id: number) => Promise<void>)[] = [
        async (id) => {
          const body = await fields();
          await added(id, () => own.post(`/user/reading-status/add/${id}`, body));
        },
        async (id) => {
          const body = await fields();
          await change(id, true, () => own.post(`/user/reading-status/update/${id}`, body));
        },
        ...Array.from({ length: 3 }, () => async (id: number) => {
          const command = {
            op: pick(['set', 'max', 'increment']),
            value: pick([1, 3, 12.25]),
            progressType: pick(['chapters', 'volumes', undefined]),
            date: pick([undefined, `${YEAR - 5}-03-01`]),
            client,
          };
          await change(id, true, () => own.post(`/user/reading-status/progress/${id}`, command));
        }),
        async (id) => {
          const { client: _client, ...body } = await fields();
          const items = [{ op: pick(['add', 'put']), series_id: id, ...body }];
          await added(id, () => own.post('/user/reading-history/bulk', { client, items }));
        },
        async (id) => {
          const item = { op: 'progress', series_id: id, mode: 'increment', value: 2 };
          await change(id, true, () => own.post('/user/reading-history/bulk', { client, items: [item] }));
        },
        async (id) => {
          const item = { op: 'patch', series_id: id, volumes: pick([null, 4, 6]) };
          await change(id, true, () => own.post('/user/reading-history/bulk', { client, items: [item] }));
        },
        async (id) => change(id, true, () => own.delete(`/user/reading-status/delete/${id}`)),
        async (id) => change(id, true, () => own.post(`/user/reading-status/${id}/restart`, { client })),
        async (id) => {
          const former = {
            client,
            status: pick(['completed', 'dropped']),
            start: `${YEAR - 6}-05`,
            end: `${YEAR - 5}`,
          };
          await change(id, false, () => own.post(`/user/reading-status/${id}/reads`, former));
        },
        async (id) => {
          const { events } = (await own.get(`/user/events?kind=entry&series=${id}&limit=1`)).body;
          const [event] = events;
          if (event) await change(id, false, () => own.post(`/user/events/${event.id}/undo`, {}));
        },
      ];
      for (let step = 0; step < 160; step++) {
        await pick(operations)(pick(lines).id);
        if (step === 80) {
          const list = malExport([
            { id: 500, chapters: 90 },
            { id: 503, volumes: 20, status: 'Completed' },
          ]);
          await apply(own, (await preview(own, list, { client: String(client) })).id);
        }
        if (step % 40 === 39) {
          const body = await stats(own);
          expect(asRecomputed(body)).toEqual(recomputed(await known(own)));
          expect(body.activity).toEqual([{ date: today(), changes: read.changes }]);
          for (const [rows, key, now] of [
            [body.months, 'month', today().slice(0, 7)],
            [body.years, 'year', Number(today().slice(0, 4))],
          ]) {
            expect(rows.find((row: Period) => row[key] === now)).toMatchObject({
              chapters: Math.round(read.chapters * 100) / 100,
              volumes: Math.round(read.volumes * 100) / 100,
            });
          }
        }
      }
      // The figures of the whole list.
      const { entries } = await known(own);
      const scores = entries.map(({ score }) => score).filter((score) => score !== null);
      const created = entries.map((entry) => entry['created']).sort();
      const figures = await general(own);
      expect(figures).toEqual({
        ...Object.fromEntries(
          ['planned', 'started', 'completed', 'paused', 'dropped'].map((name) => [
            name,
            entries.filter(({ status }) => status === name).length,
          ]),
        ),
        total_read_series: entries.filter(({ status }) => status !== 'planned').length,
        total_rereads: entries.reduce((sum, { reread }) => sum + reread, 0),
        avg_score:
          scores.length === 0
            ? null
            : Number((scores.reduce((sum, score) => sum + score, 0) / scores.length).toFixed(2)),
        first_entry: created[0] ?? null,
        last_entry: created.at(-1) ?? null,
      });
      // Public entries alone, with the client's part of the catalog.
      const visible = (one: { series_id: number }) =>
        entries.some(({ series_id, visibility }) => series_id === one.series_id && visibility === 'public');
      const all = await known(own);
      // Former reads are never shown to others: their dates are those of the entries.
      const shownEntries = all.entries.filter(visible as never);
      const expected = recomputed({ entries: shownEntries, reads: shownEntries });
      const profile = (await app.client.get(`/profiles/${reader.username}/stats?${YEARS}`)).body;
      const { by_priority: _p, ...publicFigures } = expected;
      const { by_priority: _q, ...shown } = asRecomputed({ ...profile, by_priority: [] });
      expect(shown).toEqual(publicFigures);
      expect(Object.keys(profile)).not.toContain('activity');
      const ofClient = (one: { series_id: number }) => [null, client].includes(lineOf(one.series_id).client);
      expect(asRecomputed(await stats(own, `${YEARS}&client=${client}`))).toEqual(
        recomputed({
          entries: all.entries.filter(ofClient as never),
          reads: all.reads.filter(ofClient as never),
        }),
      );
    }),
  );

  it('are empty for a reader without entries', async () => {
    const own = app.client.as(await app.a.user());
    expect(await general(own)).toEqual({
      total_read_series: 0,
      planned: 0,
      started: 0,
      completed: 0,
      paused: 0,
      dropped: 0,
      total_rereads: 0,
      avg_score: null,
      first_entry: null,
      last_entry: null,
    });
    const body = await stats(own, '');
    expect(body.by_score).toHaveLength(10);
    expect({ ...body, by_score: [] }).toEqual({
      by_status: [],
      by_type: [],
      by_origin: [],
      by_priority: [],
      by_tag: [],
      by_score: [],
      months: [],
      years: [],
      activity: [],
    });
  });

  describe('of a period', () => {
    let reader: TestUser;
    let own: TestClient;

    beforeAll(async () => {
      reader = await app.a.user();
      own = app.client.as(reader);
      const [one, two] = lines as [Line, Line];
      const add = async (id: number, fields: Record<string, unknown>) =>
        own.post(`/user/reading-status/add/${id}`, await app.a.entry({ progress: 40, ...fields }));
      await add(one.id, { status: 'completed', start: '2021', end: '2021-06' });
      await add(two.id, { status: 'dropped', start: '2021-06-15', end: '2021-06-20' });
      await app.database.query(
        `insert into reading_days (user_id, day, series_client, changes, chapters, volumes)
         values ($1, '2021-06-01', 0, 2, 7.5, 1), ($1, '2021-07-31', $2, 3, 1, 0), ($1, '2021-07-31', 0, 1, 0, 0)`,
        [reader.id, client],
      );
    });

    it('counts each date at its own precision, and what was read on each day', async () => {
      const { months, years, activity } = await stats(own, 'from=2021-01-01&to=2021-12-31');
      expect(months).toEqual([
        { month: '2021-06', started: 1, completed: 1, chapters: 7.5, volumes: 1 },
        { month: '2021-07', started: 0, completed: 0, chapters: 1, volumes: 0 },
      ]);
      expect(years).toEqual([{ year: 2021, started: 2, completed: 1, chapters: 8.5, volumes: 1 }]);
      expect(activity).toEqual([
        { date: '2021-06-01', changes: 2 },
        { date: '2021-07-31', changes: 4 },
      ]);
    });

    it('includes both ends, and a date of reduced precision by its first day', async () => {
      const { months, years, activity } = await stats(own, 'from=2021-06-02&to=2021-07-31');
      expect(months).toEqual([
        { month: '2021-06', started: 1, completed: 0, chapters: 0, volumes: 0 },
        { month: '2021-07', started: 0, completed: 0, chapters: 1, volumes: 0 },
      ]);
      expect(years).toEqual([{ year: 2021, started: 1, completed: 0, chapters: 1, volumes: 0 }]);
      expect(activity).toEqual([{ date: '2021-07-31', changes: 4 }]);
      expect((await stats(own, 'from=2021-07-30&to=2021-07-30')).activity).toEqual([]);
    });

    it(
      'has the last 365 days by default',
      onOneDay(async () => {
        const newcomer = await app.a.user();
        const their = app.client.as(newcomer);
        const id = lines[2]?.id;
        await their.post(`/user/reading-status/progress/${id}`, { op: 'set', value: 12.5, client });
        const first = dayFromToday(-364);
        await app.database.query(
          `insert into reading_days (user_id, day, series_client, changes)
           values ($1, $2::date, 0, 1), ($1, $3::date, 0, 1)`,
          [newcomer.id, first, dayFromToday(-365)],
        );
        const { activity, months } = await stats(their, '');
        expect(activity).toEqual([
          { date: first, changes: 1 },
          { date: today(), changes: 1 },
        ]);
        expect(months).toEqual([
          { month: today().slice(0, 7), started: 0, completed: 0, chapters: 12.5, volumes: 0 },
        ]);
        expect((await stats(their, `to=${first}`)).activity).toHaveLength(2);
        expect((await stats(their, `from=${first}&to=`)).activity).toEqual(activity);
      }),
    );

    it('does not change figures of the whole list', async () => {
      const one = await stats(own, 'from=2000-01-01&to=2000-01-01');
      const other = await stats(own);
      expect(one.by_status).toEqual(other.by_status);
      expect(one.by_tag).toEqual(other.by_tag);
    });

    it.each([
      'from=2021',
      'from=2021-02-30',
      'to=x',
      'from=2021-02-02&to=2021-02-01',
      'from=2999-01-01',
      'from=2011-01-01&to=2021-01-08',
      'from=2021-01-01&from=2021-01-02',
      'client=99999',
    ])('refuses %s', async (query) => {
      for (const path of ['/user/reading-history/stats', `/profiles/${reader.username}/stats`]) {
        expect(await own.get(`${path}?${query}`)).toMatchObject({
          status: 400,
          body: { data: 'Invalid parameters' },
        });
      }
    });

    it('accepts a period of 3,660 days', async () => {
      expect((await own.get('/user/reading-history/stats?from=2011-01-01&to=2021-01-07')).status).toBe(200);
    });
  });

  it('have an ETag, and a 304 costs one look-up', async () => {
    const own = app.client.as(await app.a.user());
    const [one, two] = lines as [Line, Line];
    const paths = [
      '/user/reading-history/stats/general',
      '/user/reading-history/stats',
      `/user/reading-history/stats?${YEARS}`,
    ];
    const tags = async () =>
      Promise.all(paths.map(async (path) => String((await own.get(path)).headers.etag)));
    const before = await tags();
    expect(new Set(before).size).toBe(3);
    // Another reader in the same browser gets the figures of their own.
    const other = app.client.as(await app.a.user());
    for (const [index, path] of paths.entries()) {
      const answer = await other.get(path, { headers: { 'if-none-match': before[index] as string } });
      expect(answer.status, path).toBe(200);
      expect(String(answer.headers.vary).toLowerCase()).toContain('authorization, cookie');
    }
    for (const [index, path] of paths.entries()) {
      const { executed, stop } = recordStatements(app.nest);
      const answer = await own.get(path, { headers: { 'if-none-match': before[index] as string } });
      stop();
      expect(answer).toMatchObject({ status: 304, text: '' });
      expect(answer.headers).toMatchObject({ etag: before[index], 'cache-control': 'private, no-cache' });
      expect(executed.filter(({ name }) => name.startsWith('statistics'))).toMatchObject([
        { name: 'statistics.version' },
      ]);
      expect((await own.get(path, { headers: { 'if-none-match': '"x"' } })).status).toBe(200);
    }
    await own.post(`/user/reading-status/progress/${one.id}`, { op: 'set', value: 1, client });
    const changed = await tags();
    for (const [index, tag] of changed.entries()) expect(tag).not.toBe(before[index]);
    // A change of the catalog that statistics show.
    await app.database.query(`update series set tags = tags || '{New}' where id = $1`, [two.id]);
    const after = await tags();
    expect(after[0]).toBe(changed[0]);
    expect(after[1]).not.toBe(changed[1]);
    await app.database.query(`update series set tags = array_remove(tags, 'New') where id = $1`, [two.id]);
  });

  it('have at most 50 tags', async () => {
    const own = app.client.as(await app.a.user());
    const id = await app.a.oneSeries({ tags: Array.from({ length: 60 }, (_, index) => `Tag ${index}`) });
    await own.post(`/user/reading-status/add/${id}`, await app.a.entry());
    expect((await stats(own)).by_tag).toHaveLength(50);
  });

  it('have a default period that begins with the first date at the earliest', async () => {
    const own = app.client.as(await app.a.user());
    expect((await own.get('/user/reading-history/stats?to=0001-06-01')).status).toBe(200);
  });

  it('of a profile are those of an existing user', async () => {
    expect((await app.client.get('/profiles/nobody-here/stats')).status).toBe(404);
  });

  it('are deleted with the account', async () => {
    const reader = await app.a.user();
    await app.client
      .as(reader)
      .post(`/user/reading-status/progress/${lines[0]?.id}`, { op: 'set', value: 1, client });
    const rows = () => app.database.query('select 1 from reading_days where user_id = $1', [reader.id]);
    expect(await rows()).toHaveLength(1);
    expect((await app.client.as(reader).delete('/users/current')).status).toBe(204);
    expect(await rows()).toEqual([]);
  });
});
