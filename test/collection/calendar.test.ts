import ICAL from 'ical.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile, JWT_SECRET, startApp } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';
import { dayFromToday, onOneDay } from '../support/dates.js';
import { Service } from '../support/service.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile({ PUBLIC_URL: 'https://tankobon.example/base' });
let client: number;
let reader: TestUser;

beforeAll(async () => {
  client = await app.a.clientId();
});

const as = (user = reader) => app.client.as(user);

/** Creates a series whose volumes come out so many days from today. @returns its id, and its volumes by name */
async function seriesOf(
  volumes: readonly (readonly [name: string, days: number | null, fields?: object])[],
  fields = {},
) {
  const id = await app.a.oneSeries({
    ...fields,
    volumes: volumes.map(([name, days, rest], index) => ({
      external_id: unique('v'),
      name,
      order: index + 1,
      language: 'en',
      ...(days === null ? {} : { release_date: dayFromToday(days) }),
      ...rest,
    })),
  });
  const { body } = await app.client.get(`/series/${id}/volumes?limit=100`);
  const ids = body.volumes.map((volume: { name: string; id: number }) => [volume.name, volume.id]);
  return { id, volumes: Object.fromEntries(ids) as Record<string, number> };
}

const put = async (volume: number | undefined, state = 'owned') => {
  const answer = await as().post(`/user/collection/add/${volume}`, { client, state });
  expect(answer.status, answer.text).toBe(200);
};
const calendar = async (query = '') => {
  const { body } = await as().get(`/user/calendar?${query}`);
  return body.volumes.map(({ name }: { name: string }) => name) as string[];
};
/** The path and query of a new address of the reader's calendar. */
const subscribe = async () => {
  const { status, body } = await as().post('/user/calendar/secret');
  expect(status).toBe(201);
  expect(body.url).toMatch(/^https:\/\/tankobon\.example\/base\/user\/calendar\.ics\?token=[\w-]{59}$/);
  return body.url.slice('https://tankobon.example/base'.length) as string;
};
const eventsOf = (text: string) =>
  new ICAL.Component(ICAL.parse(text) as never)
    .getAllSubcomponents('vevent')
    .map((event) => new ICAL.Event(event));

describe('GET /user/calendar', () => {
  it(
    'lists what comes out of series with an item, and of series that the reader has not dropped or completed',
    onOneDay(async () => {
      reader = await app.a.user();
      const other = (await app.a.registeredClient()).id;
      const owned = await seriesOf([
        ['old', -1],
        ['today', 0],
        ['soon', 10],
        ['undated', null],
        ['ja', 11, { language: 'ja' }],
        ['late', 366],
        ['later', 367],
      ]);
      const wanted = await seriesOf([['wish', 12]]);
      const statuses = ['planned', 'started', 'paused', 'dropped', 'completed'];
      const read = [];
      for (const status of statuses) read.push(await seriesOf([[status, 20]]));
      const foreign = await seriesOf([['foreign', 5]], { client: other });
      await seriesOf([['unknown', 1]]);
      for (const [index, status] of statuses.entries()) {
        const entry = await app.a.entry({ status });
        expect((await as().post(`/user/reading-status/add/${read[index]?.id}`, entry)).status).toBe(200);
      }
      const entries = ['planned', 'started', 'paused'];
      // A reader who owns nothing sees all languages.
      await put(owned.volumes['old'], 'ordered');
      expect(await calendar()).toEqual(['today', 'soon', 'ja', ...entries, 'late']);
      await as().post(`/users/${reader.id}/save-settings`, { 'prefered-content-language': 'Japanese' });
      expect(await calendar()).toEqual(['ja']);
      await put(owned.volumes['today']);
      await put(wanted.volumes['wish'], 'wanted');
      await put(foreign.volumes['foreign'], 'wanted');
      expect(await calendar()).toEqual(['today', 'foreign', 'soon', 'wish', ...entries, 'late']);
      expect(await calendar(`client=${client}`)).toEqual(['today', 'soon', 'wish', ...entries, 'late']);
      expect(await calendar(`client=${other}`)).toContain('foreign');
      expect(await calendar(`from=${dayFromToday(-1)}&to=${dayFromToday(0)}`)).toEqual(['old', 'today']);
      expect(await calendar(`from=${dayFromToday(12)}&to=${dayFromToday(12)}`)).toEqual(['wish']);
      expect(await calendar(`from=${dayFromToday(13)}&to=`)).toEqual([...entries, 'late', 'later']);
      const { body } = await as().get(`/user/calendar?to=${dayFromToday(0)}`);
      expect(body).toMatchObject({
        more: false,
        volumes: [{ release_date: dayFromToday(0), in_collection: true, series: { id: owned.id } }],
      });
      for (const query of [
        `from=${dayFromToday(1)}&to=${dayFromToday(0)}`,
        'from=2026-02-30',
        'to=2026',
        'client=99999',
        'from=2026-01-01&from=2026-01-02',
      ]) {
        expect(await as().get(`/user/calendar?${query}`), query).toMatchObject({
          status: 400,
          body: { data: 'Invalid parameters' },
        });
      }
      expect(await calendar('from=9999-12-31')).toEqual([]);
    }),
  );

  it('shows 1,000 volumes, and says whether there are more', async () => {
    reader = await app.a.user();
    const { id, volumes } = await seriesOf([['1', 1]]);
    await put(volumes['1']);
    const more = (count: number) =>
      app.database.query(
        `insert into volumes (external_id, series_id, name, slug, group_order, language, release_date)
         select gen_random_uuid(), $1, 'v', 'v', 2, 'en', $2 from generate_series(1, $3::int)`,
        [id, dayFromToday(2), count],
      );
    await more(999);
    expect((await as().get('/user/calendar')).body).toMatchObject({
      more: false,
      volumes: { length: 1_000 },
    });
    await more(1);
    expect((await as().get('/user/calendar')).body).toMatchObject({ more: true, volumes: { length: 1_000 } });
  });
});

describe('GET /user/calendar.ics', () => {
  it(
    'is a valid calendar of all-day events with stable ids',
    onOneDay(async () => {
      reader = await app.a.user();
      const title = 'A; "b", c\\ 🙂 日本語 '.repeat(6).trim();
      const { volumes } = await seriesOf(
        [
          ['Volume 1', 0, { isbn13: '9780804429573', publisher: 'P' }],
          ['Volume 2', 30, { edition_name: 'Deluxe, "big"' }],
        ],
        {
          name: title,
        },
      );
      await put(volumes['Volume 1']);
      const path = await subscribe();
      const answer = await app.client.get(path);
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'text/calendar; charset=utf-8', 'cache-control': 'private, no-store' },
      });
      expect(answer.text).toMatch(/END:VCALENDAR\r\n$/);
      for (const line of answer.text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
      const events = eventsOf(answer.text);
      expect(
        events.map(({ uid, summary, startDate }) => [uid, summary, startDate.isDate, startDate.toString()]),
      ).toEqual([
        [`volume-${volumes['Volume 1']}@tankobon.example`, `${title}: Volume 1`, true, dayFromToday(0)],
        [`volume-${volumes['Volume 2']}@tankobon.example`, `${title}: Volume 2`, true, dayFromToday(30)],
      ]);
      expect(events.map(({ endDate, description }) => [endDate.toString(), description])).toEqual([
        [dayFromToday(1), 'P\nLanguage: en\nISBN 9780804429573'],
        [dayFromToday(31), 'Deluxe, "big"\nLanguage: en'],
      ]);
      expect((await app.client.get(path)).text).toBe(answer.text);
      // Other credentials do not count.
      expect((await app.client.get(path, { headers: { authorization: 'Bearer x' } })).status).toBe(200);
    }),
  );

  it('is opened by the current secret alone, which a new one, its deletion and a reset of the password end', async () => {
    reader = await app.a.user();
    const administrator = as(await app.a.administrator());
    const status = async (path: string) => (await app.client.get(path)).status;
    const former = await subscribe();
    const current = await subscribe();
    expect(await status(former)).toBe(401);
    expect(await status(current)).toBe(200);
    for (const path of [
      '',
      '?token=',
      '?token=x',
      `${current.slice('/user/calendar.ics'.length)}x`,
      `?token=${'A'.repeat(59)}`,
    ])
      expect(await app.client.get(`/user/calendar.ics${path}`), path).toMatchObject({
        status: 401,
        body: { data: 'Unauthorized' },
      });
    expect((await app.client.get(`${current}&token=x`)).status).toBe(400);
    expect((await as().delete('/user/calendar/secret')).status).toBe(204);
    expect(await status(current)).toBe(401);
    expect((await as().delete('/user/calendar/secret')).status).toBe(204);

    const last = await subscribe();
    const suspend = (suspended: boolean) => administrator.patch(`/admin/users/${reader.id}`, { suspended });
    expect((await suspend(true)).status).toBe(200);
    expect(await app.client.get(last)).toMatchObject({ status: 403, body: { data: 'Account suspended' } });
    expect((await suspend(false)).status).toBe(200);
    expect(await status(last)).toBe(200);
    const [row] = await app.database.query<{ hash: string }>(
      'select hash from calendar_secrets where user_id = $1',
      [reader.id],
    );
    expect(row?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(last).not.toContain(row?.hash);
    const { body } = await administrator.post(`/admin/users/${reader.id}/password-reset`);
    const token = body.url.split('#token=')[1];
    expect(
      (await app.client.post('/auth/password/reset', { token, password: 'a new horse battery' })).status,
    ).toBe(200);
    expect(await status(last)).toBe(401);
    expect(await app.database.query('select from calendar_secrets where user_id = $1', [reader.id])).toEqual(
      [],
    );
  });

  it('answers the same address to a repeated request with an Idempotency-Key', async () => {
    reader = await app.a.user();
    const send = () => as().post('/user/calendar/secret', undefined, { headers: { 'idempotency-key': 'k' } });
    const first = await send();
    expect((await send()).body).toEqual(first.body);
    expect((await app.client.get(first.body.url.slice('https://tankobon.example/base'.length))).status).toBe(
      200,
    );
  });

  it('reads the settings once', async () => {
    const path = await subscribe();
    const { executed, stop } = recordStatements(app.nest);
    expect((await app.client.get(path)).status).toBe(200);
    stop();
    expect(executed.filter(({ name }) => name === 'settings.find')).toHaveLength(1);
  });

  it('may be read 60 times an hour', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '100000' }, app.database);
    try {
      reader = await app.a.user();
      const path = await subscribe();
      const statuses: number[] = [];
      for (let count = 0; count < 61; count++) statuses.push((await limited.client.get(path)).status);
      expect(statuses).toEqual([...Array.from({ length: 60 }, () => 200), 429]);
      expect((await limited.client.get(`${path.slice(0, -1)}`)).status).toBe(401);
    } finally {
      await limited.close();
    }
  });

  it('has its secret in no line of the log, even at level trace', async () => {
    // The access log goes to the file descriptor of standard output, so that it is read from a process.
    const service = await Service.start({ DATABASE_URL: app.database.url, JWT_SECRET, LOG_LEVEL: 'trace' });
    try {
      reader = await app.a.user();
      const secret = (await subscribe()).split('token=')[1] as string;
      const changed = `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`;
      const paths = [secret, changed, `${secret}&token=x`].map(
        (token) => `/user/calendar.ics?token=${token}`,
      );
      const statuses = [];
      for (const path of paths) statuses.push((await service.fetch(path)).status);
      expect(statuses).toEqual([200, 401, 400]);
      const created = await service.fetch('/user/calendar/secret', {
        method: 'POST',
        headers: { authorization: `Bearer ${reader.accessToken}` },
      });
      const { url } = (await created.json()) as { url: string };
      const newer = new URL(url).searchParams.get('token') as string;
      expect((await service.fetch(`/user/calendar.ics?token=${newer}`)).status).toBe(200);
      expect(await service.stop()).toBe(0);
      const lines = service.printed.split('\n').filter((line) => line.includes('"/user/calendar.ics"'));
      expect(lines.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual([
        ...statuses,
        200,
      ]);
      // The first 16 characters are the id of the user, which may be logged.
      for (const one of [secret, newer]) expect(service.printed).not.toContain(one.slice(16, -1));
    } finally {
      await service.discard();
    }
  });
});
