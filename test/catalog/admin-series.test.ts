import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { insertSeries } from '../support/catalog-rows.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();
let editor: TestUser;
let clientId: number;
let ids: Record<string, number>;

const LINES = [
  { name: 'Akira', type: 'Manga', titles: [{ language: 'de', title: 'Akira auf Deutsch' }] },
  { name: 'Banana Fish', type: 'Manga', public: 0 },
  { name: 'Cradle', type: 'Novel' },
  { name: 'Dune', type: 'Novel', public: 0 },
  { name: 'Elfquest', type: 'Comic' },
  { name: 'Fables', type: 'Comic', public: 0 },
];

beforeAll(async () => {
  editor = await app.a.user({ permissions: ['manage-catalog'] });
  clientId = await app.a.clientId();
  const lines = LINES.map((line) => ({
    ...line,
    external_id: `key:${line.name}`,
    ...(line.name === 'Fables' ? { client: clientId } : {}),
  }));
  const found = await app.a.series(...lines);
  ids = Object.fromEntries(lines.map(({ name }, index) => [name, found[index] as number]));
});

const list = async (query = '') => (await app.client.as(editor).get(`/admin/catalog/series?${query}`)).body;
const names = (body: { series: { name: string }[] }) => body.series.map(({ name }) => name);

describe('GET /admin/catalog/series', () => {
  it('lists public and hidden series with their external ids, filtered, ordered and paged', async () => {
    const all = await list();
    expect(names(all)).toEqual(LINES.map(({ name }) => name));
    expect(all).toMatchObject({ max: 1, from: 1, to: 6, total: 6 });
    const shown = (await app.client.get('/series')).body.series[0];
    expect(all.series[0]).toEqual({ ...shown, external_id: 'key:Akira' });
    expect(all.series[1]).toMatchObject({
      id: ids['Banana Fish'],
      public: 0,
      external_id: 'key:Banana Fish',
    });
    const expected: [query: string, series: string[]][] = [
      ['public=0', ['Banana Fish', 'Dune', 'Fables']],
      ['public=1', ['Akira', 'Cradle', 'Elfquest']],
      ['public=', names(all)],
      ['order=name-desc', names(all).toReversed()],
      ['type=Novel', ['Cradle', 'Dune']],
      ['type=Novel&public=0', ['Dune']],
      ['search=a', ['Akira', 'Banana Fish', 'Cradle', 'Fables']],
      ['search=banana', ['Banana Fish']],
      ['search=a&public=0&order=name-desc', ['Fables', 'Banana Fish']],
      ['search=bananafish', ['Banana Fish']],
      [`client=${clientId}`, names(all)],
    ];
    for (const [query, series] of expected) {
      const body = await list(query);
      expect(names(body).toSorted(), query).toEqual(series.toSorted());
      if (!query.startsWith('search=a')) expect(names(body), query).toEqual(series);
      expect(body.total, query).toBe(series.length);
    }
    const other = await app.a.registeredClient();
    expect(await list(`client=${other.id}`)).toMatchObject({ total: 5 });
    expect((await list('user_lang=de')).series[0].alias).toBe('Akira auf Deutsch');
    for (const query of ['public=2', 'public=true', 'order=size', 'client=999999', 'limit=101'])
      expect(await list(query), query).toMatchObject({ data: 'Invalid parameters', code: 400 });
  });

  it('merges the indexes of public and hidden series in every order, so that a page reads no other series', async () => {
    const names = (prefix: string) =>
      Array.from({ length: 3000 }, (_, index) => `${prefix} ${(index * 2_654_435_761) % 3000}`);
    await insertSeries(app.database, names('Open'));
    const hidden = await insertSeries(app.database, names('Shut'));
    await app.database.query('update series set public = 0 where id = any($1)', [hidden]);
    await app.database.query(
      `update series set added = now() - (id % 977) * interval '1 minute', ranked_average = nullif(id % 91, 0) / 10.0`,
    );
    const orders = ['name-asc', 'name-desc', 'added-asc', 'added-desc', 'rating-asc', 'rating-desc'];
    const offsets = [0, 2997, 5980];
    const record = recordStatements(app.nest);
    for (const order of orders) {
      const rows = await app.database.query<{ id: number }>(
        `select id from series order by ${order
          .replace('rating', 'ranked_average')
          .replace('-asc', '')
          .replace('-desc', order.startsWith('rating') ? ' desc nulls last' : ' desc')}, id`,
      );
      for (const offset of offsets) {
        const body = await list(`order=${order}&limit=50&offset=${offset}`);
        expect(body.total).toBe(6006);
        expect(
          body.series.map(({ id }: { id: number }) => id),
          `${order} from ${offset}`,
        ).toEqual(rows.slice(offset, offset + 50).map(({ id }) => id));
      }
    }
    expect((await list('public=0')).total).toBe(3003);
    record.stop();
    await app.database.query('vacuum analyze series');
    const pages = [
      ...new Map(
        record.executed
          .filter(({ name }) => name.startsWith('catalog.page'))
          .map((executed) => [executed.name, executed]),
      ).values(),
    ];
    expect(pages).toHaveLength(7);
    for (const [index, { text, parameters }] of pages.entries()) {
      const values: Record<string, string> = { limit: '20', offset: '0', language: `'en'` };
      await app.database.query(`prepare page_${index} as ${text}`);
      const plan = await app.database.query<{ 'QUERY PLAN': string }>(
        `explain (analyze, timing off, buffers off) execute page_${index}(${parameters.map((name) => values[name]).join(', ')})`,
      );
      await app.database.query(`deallocate page_${index}`);
      const lines = plan.map((row) => row['QUERY PLAN']);
      const scans = lines.filter((line) => /Scan.* on series\b/.test(line));
      expect(scans.length, lines.join('\n')).toBeGreaterThanOrEqual(2);
      for (const scan of scans) {
        expect(scan, lines.join('\n')).toContain('Index');
        // An index of time or rating has ties, which are read whole and sorted by id.
        expect(Number(/rows=([\d.]+) loops=\d+\)$/.exec(scan)?.[1]), lines.join('\n')).toBeLessThan(100);
      }
    }
  });
});
