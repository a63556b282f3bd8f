import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { dayFromToday, onOneDay, today } from '../support/dates.js';

const CATALOG = new URL('../../../shared/data/catalog-sample.ndjson.gz', import.meta.url);
const SAMPLE = new URL('../../data/sample-catalog.ndjson', import.meta.url);
const app = appForFile();

interface Line {
  readonly external_id: string;
  readonly volumes?: readonly {
    readonly isbn13?: string;
    readonly language: string;
    readonly edition_name?: string;
    readonly release_date?: string;
  }[];
}

/** An ISBN with a right check digit. */
function madeIsbn(number: number): string {
  const digits = `978${String(number).padStart(9, '0')}`;
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return digits + String((10 - (sum % 10)) % 10);
}

/**
 * The real catalog has volumes that have not come out yet. Those after this day are left out, so that the answers do
 * not depend on the day of the test.
 */
const LAST_RELEASE = '2025-12-31';

/** Series of the real catalog with at least five books; without it, of the service's sample, whose books get an ISBN. */
async function realSeries(): Promise<Line[]> {
  const input = existsSync(CATALOG)
    ? createReadStream(CATALOG).pipe(createGunzip())
    : createReadStream(SAMPLE);
  const found: Line[] = [];
  let made = 0;
  for await (const text of createInterface({ input })) {
    const line = JSON.parse(text) as Line;
    if (!existsSync(CATALOG)) {
      const volumes = (line.volumes ?? []).map((volume) => ({ ...volume, isbn13: madeIsbn(++made) }));
      if (volumes.length > 0) found.push({ ...line, volumes });
      continue;
    }
    const volumes = (line.volumes ?? []).filter(({ release_date: date = '' }) => date <= LAST_RELEASE);
    if (volumes.filter(({ isbn13 }) => isbn13 !== undefined).length >= 5) found.push({ ...line, volumes });
    if (found.length === 8) break;
  }
  input.destroy();
  return found;
}

interface Volume {
  readonly id: number;
  readonly language: string;
  readonly edition_name: string | null;
  readonly release_date: string | null;
}

describe('A reader with a shelf', () => {
  let client: number;
  let isbns: string[];

  beforeAll(async () => {
    client = await app.a.clientId();
    const series = await realSeries();
    // A volume of each series comes out next month.
    const soon = dayFromToday(30);
    await app.a.series(
      ...series.map((line) => ({
        ...line,
        volumes: [
          ...(line.volumes ?? []),
          {
            external_id: `${line.external_id}-next`,
            name: 'Next',
            order: 900,
            language: line.volumes?.[0]?.language,
            edition_name: line.volumes?.[0]?.edition_name,
            release_date: soon,
          },
        ],
      })),
    );
    const all = series.flatMap(({ volumes = [] }) =>
      volumes.flatMap(({ isbn13 }) => isbn13 ?? []).slice(0, 5),
    );
    isbns = [...new Set(all)].slice(0, 20);
  });

  it(
    'scans twenty books, sets prices in three currencies, sees what is missing and what comes out next month, and reads the statistics of the year',
    onOneDay(async () => {
      const reader = app.client.as(await app.a.user());
      expect(new Set(isbns).size).toBe(20);

      // Scans each book, and puts what the catalog has of it on the shelf.
      const scanned: number[] = [];
      for (const isbn of isbns) {
        const { body } = await reader.get(`/volumes?isbn=${isbn}&client=${client}`);
        expect(body.total, isbn).toBeGreaterThan(0);
        scanned.push(body.volumes[0].id);
      }
      const added = await reader.post('/user/collection/bulk', {
        client,
        items: scanned.map((volume_id) => ({ op: 'add', volume_id })),
      });
      const codes = added.body.results.map(({ code }: { code: number }) => code);
      expect(codes).toEqual(scanned.map((id, index) => (scanned.indexOf(id) === index ? 200 : 409)));
      const items = added.body.results.flatMap((one: { code: number; item_id: number }) =>
        one.code === 200 ? [one.item_id] : [],
      );

      // Sets prices in three currencies.
      const prices = [
        { currency: 'EUR', price: 9.99 },
        { currency: 'JPY', price: 528 },
        { currency: 'KWD', price: 2.125 },
      ];
      const priced = await reader.post('/user/collection/bulk', {
        client,
        atomic: true,
        items: items.map((item_id: number, index: number) => ({
          op: 'update',
          item_id,
          date: '2026-01-31',
          ...prices[index % 3],
        })),
      });
      expect(priced.status).toBe(200);
      const count = (index: number) => items.filter((_: number, one: number) => one % 3 === index).length;
      expect((await reader.get(`/user/collection/stats/general?client=${client}`)).body).toEqual({
        total_items: items.length,
        total_spent: Math.round(count(0) * 999) / 100,
        totals: prices.map(({ currency, price }, index) => ({
          currency,
          items: count(index),
          spent: Math.round(count(index) * price * 1000) / 1000,
        })),
        first_buy: '2026-01-31',
        last_buy: '2026-01-31',
      });

      // Asks what is missing.
      const { series } = (await reader.get(`/user/collection/series?client=${client}&limit=100`)).body;
      const owned = new Set(scanned);
      for (const one of series) {
        const { body } = await reader.get(`/series/${one.id}/volumes?limit=100`);
        const volumes = body.volumes as Volume[];
        const edition = (volume: Volume) => `${volume.language} ${volume.edition_name}`;
        const editions = new Set(volumes.filter(({ id }) => owned.has(id)).map(edition));
        const own = volumes.filter((volume) => editions.has(edition(volume)));
        const missing = own
          .filter(({ id, release_date: date }) => !owned.has(id) && date !== null && date <= today())
          .map(({ id }) => id);
        expect(one.shelf.missing.map(({ id }: Volume) => id)).toEqual(missing.slice(0, 100));
        expect(one.shelf).toMatchObject({ missing_count: missing.length, volumes: own.length });
        if (missing.length > 0) expect(one.shelf.next).toMatchObject({ id: missing[0] });
        else expect([undefined, 'Next']).toContain(one.shelf.next?.name);
      }

      // Asks what comes out next month.
      const [from, to] = [1, 45].map(dayFromToday);
      const { body: calendar } = await reader.get(`/user/calendar?client=${client}&from=${from}&to=${to}`);
      expect(calendar.more).toBe(false);
      expect(calendar.volumes.length).toBeGreaterThan(0);
      for (const volume of calendar.volumes)
        expect(volume).toMatchObject({ name: 'Next', in_collection: false });

      // Reads two of the series, and the statistics of the year.
      const [first, second] = series.map(({ id }: { id: number }) => id) as [number, number];
      const read = { op: 'increment', value: 3, client };
      for (const id of [first, first, second]) {
        const { status } = await reader.post(`/user/reading-status/progress/${id}`, { ...read });
        expect(status).toBe(200);
      }
      const day = today();
      const year = day.slice(0, 4);
      const { body: figures } = await reader.get(
        `/user/reading-history/stats?from=${year}-01-01&to=${year}-12-31&client=${client}`,
      );
      expect(figures).toMatchObject({
        by_status: [{ key: 'started', count: 2 }],
        years: [{ year: Number(year), chapters: 9, volumes: 0 }],
        months: [{ month: day.slice(0, 7), chapters: 9 }],
        activity: [{ date: day, changes: 3 }],
      });
    }),
  );
});
