import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import { unique } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { ExportedArchive } from '../support/exports.js';
import { apply, malExport, preview, rowsOf, undo } from '../support/imports.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();
/** Another instance, with its own database and the same catalog. */
let other: TestApp;

beforeAll(async () => {
  other = await startApp();
  // The ids of the two catalogs differ.
  await other.a.series({}, {}, {});
});
afterAll(() => other.close());

async function readerOf(instance: TestApp) {
  const user = await instance.a.user({ permissions: ['rate-series'] });
  return {
    user,
    client: instance.client.as(user),
    fields: { client: String(await instance.a.clientId()) },
  };
}

/** Adds the same series to both catalogs. @returns the ids of the first one */
async function seriesOfBoth(...lines: Record<string, unknown>[]): Promise<number[]> {
  const named = lines.map((line) => ({ name: unique('Series '), ...line }));
  await other.a.series(...named);
  return app.a.series(...named);
}

const exported = async (client: TestClient) => {
  const answer = await client.get('/user/export');
  expect(answer.status).toBe(200);
  return answer.bytes;
};

/** Fields that differ between two instances with the same data. */
const OWN = new Set(['id', 'item_id', 'client', 'version', 'created', 'last_update']);

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !OWN.has(name))
      .map(([name, field]) => [name, comparable(field)]),
  );
}

/** What an archive has of a reader's lists and settings, in an order of its own. */
async function contentOf(bytes: Buffer) {
  const archive = await ExportedArchive.of({ bytes });
  const names = ['entries', 'ratings', 'items', 'settings'];
  return Object.fromEntries(
    names.map((name) => [
      name,
      archive
        .lines(name)
        .map((line) => JSON.stringify(comparable(line)))
        .toSorted(),
    ]),
  );
}

describe('a reader who moves', () => {
  it('moves in with a list of MyAnimeList, decides two rows, applies, undoes, applies again, and moves on', async () => {
    const [linked, asked, twin] = [unique('linked'), unique('Asked '), unique('Twin ')];
    const mal = 700_001;
    const [first, , , chosen] = await seriesOfBoth(
      { external_id: linked, links: { mal } },
      { name: asked, type: 'Novel', external_id: unique('novel') },
      { name: twin, external_id: unique('twin') },
      { name: twin, external_id: unique('twin') },
    );
    const { client, fields } = await readerOf(app);
    await client.post(`/user/reading-status/add/${first}`, await app.a.entry({ progress: 50, score: 4 }));
    const list = malExport([
      { id: mal, title: 'Whatever', status: 'Completed', chapters: 40, score: 9, finish: '2021-00-00' },
      { id: 2, title: `${asked}!`, status: 'Plan to Read' },
      { id: 3, title: twin, chapters: 12, comments: 'to & fro' },
    ]);
    const { id } = await preview(client, list, fields);
    const questions = await rowsOf(client, id, 'ask');
    expect(questions.map(({ number }) => number)).toEqual([2, 3]);
    const novel = questions[0].candidates[0].series_id;
    for (const [row, series_id] of [
      [2, novel],
      [3, chosen],
    ]) {
      expect((await client.patch(`/user/imports/${id}/rows/${row}`, { series_id })).status).toBe(200);
    }
    expect(await apply(client, id)).toMatchObject({ state: 'done', counts: { add: 2, change: 1 } });
    expect((await client.get('/user/reading-history')).body.total).toBe(3);
    expect((await undo(client, id)).state).toBe('undone');
    expect((await client.get('/user/reading-history')).body).toMatchObject({
      total: 1,
      series: [{ 'reading-history': { status: 'started', progress: 50, score: 4 } }],
    });
    expect((await client.patch(`/user/imports/${id}`, { strategy: 'replace' })).status).toBe(200);
    expect(await apply(client, id)).toMatchObject({ state: 'done', counts: { add: 2, change: 1 } });
    expect((await client.get(`/user/reading-status/id/${first}`)).body).toMatchObject({
      status: 'completed',
      chapters: 40,
      score: 9,
      end: '2021',
    });

    const archive = await exported(client);
    const next = await readerOf(other);
    const moved = await preview(next.client, archive, next.fields);
    expect(moved).toMatchObject({ format: 'tankobon', counts: { add: 3, ask: 0, refuse: 0 } });
    expect((await apply(next.client, moved.id)).state).toBe('done');
    expect(await contentOf(await exported(next.client))).toEqual(await contentOf(archive));
  });

  it('finds lists and settings of any content again in another instance', async () => {
    const random = seededRandom(20_261_126);
    const below = (limit: number) => Math.floor(random() * limit);
    const one = <Value>(...values: Value[]) => values[below(values.length)] as Value;
    const texts = [null, '', "'=1+1", '=1+1', 'é\n"日本"', '🙂'.repeat(50)];
    const ids = await seriesOfBoth(
      ...Array.from({ length: 60 }, () => {
        const external_id = unique('moved');
        const volume = { external_id: `${external_id}-1`, name: '1', order: 1, language: 'en' };
        return { external_id, links: one({}, { anilist: below(1e6) }), volumes: [volume] };
      }),
    );
    const { user, client, fields } = await readerOf(app);
    const done = async (answer: ReturnType<TestClient['post']>) => {
      const { status, text } = await answer;
      expect(status, text).toBeLessThan(300);
    };
    const number = Number(fields.client);
    for (const id of ids) {
      if (random() < 0.8) {
        const entry = await app.a.entry({
          visibility: one('private', 'public'),
          progressType: one('chapters', 'volumes'),
          progress: one(0, below(1000), below(100_000) / 100),
          status: one('planned', 'started', 'completed', 'paused', 'dropped'),
          priority: one('low', 'mid', 'high'),
          reread: one(0, below(300)),
          score: one(null, below(101) / 10),
          start: one(null, '2019', '2019-02', '2019-02-03'),
          end: one(null, '2020', '2020-04', '2020-04-05'),
          notes: one(...texts),
        });
        const other = one(undefined, below(50));
        const name = entry['progressType'] === 'chapters' ? 'volumes' : 'chapters';
        await done(client.post(`/user/reading-status/add/${id}`, { ...entry, [name]: other }));
        for (let reads = below(3); reads > 0; reads--) {
          await done(
            client.post(`/user/reading-status/${id}/reads`, {
              client: number,
              status: one('started', 'completed', 'paused', 'dropped'),
              start: one(null, '2010-05'),
              chapters: one(null, below(900)),
              score: one(null, below(101) / 10),
              notes: one(...texts),
            }),
          );
        }
      }
      if (random() < 0.4) await done(client.post(`/user/series-rating/add/${id}`, { rating: 1 + below(10) }));
      if (random() < 0.4) {
        const [volume] = await app.database.query<{ id: number }>(
          'select id from volumes where series_id = $1',
          [id],
        );
        const currency = one('EUR', 'USD', 'KWD', undefined);
        const item = {
          client: number,
          state: one('owned', 'ordered', 'wanted'),
          price: below(100_000) / 100,
          ...(currency === undefined ? {} : { currency }),
          date: one('2001-02-03', '2020-12-31'),
          condition: one(null, 'new', '=1'),
          place: one(null, 'A'),
          notes: one(...texts),
        };
        await done(client.post(`/user/collection/add/${volume?.id}`, item));
      }
    }
    await done(
      client.post(`/users/${user.id}/save-settings`, { theme: 'dark', 'view-mode': 'grid', currency: 'KWD' }),
    );

    const archive = await exported(client);
    const content = await contentOf(archive);
    for (const lines of Object.values(content)) expect(lines?.length).toBeGreaterThan(0);
    const next = await readerOf(other);
    const moved = await preview(next.client, archive, next.fields);
    expect(moved).toMatchObject({ state: 'preview', counts: { ask: 0, refuse: 0, skip: 0 } });
    expect((await apply(next.client, moved.id)).state).toBe('done');
    expect(await contentOf(await exported(next.client))).toEqual(content);
    const again = await preview(next.client, archive, next.fields);
    expect(again.counts).toMatchObject({ add: 0, change: 0 });
  });
});
