import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';
import { dayFromToday, onOneDay, today } from '../support/dates.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();
let client: number;
let reader: TestUser;

beforeAll(async () => {
  client = await app.a.clientId();
});

const as = () => app.client.as(reader);

interface CatalogVolume {
  readonly id: number;
  readonly name: string;
  readonly language: string;
  readonly edition_name: string | null;
  readonly group_order: number;
  readonly release_date: string | null;
}

/** Creates a series with volumes of the given fields. @returns its volumes by name */
async function seriesOf(
  volumes: readonly Record<string, unknown>[],
  fields: Record<string, unknown> = {},
): Promise<{ id: number; volumes: Record<string, number> }> {
  const id = await app.a.oneSeries({
    ...fields,
    volumes: volumes.map((volume) => ({ external_id: unique('v'), language: 'en', ...volume })),
  });
  const { body } = await app.client.get(`/series/${id}/volumes?limit=100`);
  return { id, volumes: Object.fromEntries(body.volumes.map((one: CatalogVolume) => [one.name, one.id])) };
}

const put = async (volume: number | undefined, state = 'owned', date?: string) => {
  const answer = await as().post(`/user/collection/add/${volume}`, {
    client,
    state,
    ...(date ? { date } : {}),
  });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.item.item_id as number;
};
const page = async (query = '') => (await as().get(`/user/collection/series?client=${client}&${query}`)).body;
const shelfOf = async (id: number) => {
  const { series } = await page('limit=100');
  return series.find((one: { id: number }) => one.id === id).shelf;
};
/** A shelf with names instead of volumes. */
const named = async (id: number) => {
  const { missing, next, ...counts } = await shelfOf(id);
  return { ...counts, missing: missing.map((one: CatalogVolume) => one.name), next: next?.name ?? null };
};

describe('GET /user/collection/series', () => {
  it(
    'tells what is missing in the editions of which the reader owns a volume',
    onOneDay(async () => {
      reader = await app.a.user();
      const omnibus = { edition_name: 'Omnibus' };
      const { id, volumes } = await seriesOf([
        { name: '1', order: 1, release_date: '2020-01-01' },
        { name: '2', order: 2, release_date: '2020-02-01' },
        { name: '3', order: 3, release_date: today() },
        { name: '4', order: 4, release_date: dayFromToday(1) },
        { name: '5', order: 5, release_date: dayFromToday(40) },
        { name: 'O1', order: 1, release_date: '2020-01-01', ...omnibus },
        { name: 'O2', order: 4, release_date: '2021-01-01', ...omnibus },
        { name: 'O3', order: 7, ...omnibus },
        { name: 'J1', order: 1, release_date: '2015-01-01', language: 'ja' },
      ]);
      // Wishes and orders make no edition the reader's.
      await put(volumes['J1'], 'wanted');
      await put(volumes['2'], 'ordered');
      const none = { owned: 0, ordered: 1, wanted: 1, volumes: 0, missing: [], missing_count: 0, next: null };
      expect(await shelfOf(id)).toEqual(none);

      const first = await put(volumes['1']);
      const some = { owned: 1, ordered: 1, wanted: 1, volumes: 5 };
      expect(await named(id)).toEqual({ ...some, missing: ['3'], missing_count: 1, next: '3' });
      // A wanted volume is missing, and shows its item.
      const wanted = await put(volumes['3'], 'wanted');
      const shelf = await shelfOf(id);
      expect(shelf.missing).toMatchObject([
        { in_collection: false, collection: { item_id: wanted, state: 'wanted' } },
      ]);
      await put(volumes['3']);
      expect(await named(id)).toMatchObject({ missing: [], missing_count: 0, next: '4' });
      await put(volumes['4'], 'ordered');
      expect(await named(id)).toMatchObject({ missing: [], next: '5' });
      await put(volumes['5'], 'wanted');
      expect((await shelfOf(id)).next).toMatchObject({ name: '5', collection: { state: 'wanted' } });
      await put(volumes['5']);
      expect(await named(id)).toMatchObject({ missing: [], next: null, volumes: 5 });

      // An omnibus edition does not miss the single volumes.
      await as().delete(`/user/collection/delete/${first}`);
      for (const { collection } of (await as().get(`/user/collection?client=${client}`)).body.volumes)
        await as().delete(`/user/collection/delete/${collection.item_id}`);
      await put(volumes['O1']);
      expect(await named(id)).toMatchObject({ owned: 1, volumes: 3, missing: ['O2'], next: 'O2' });
      await put(volumes['O2']);
      // Nothing says when the third one comes out.
      expect(await named(id)).toMatchObject({ missing: [], missing_count: 0, next: 'O3' });
    }),
  );

  it(
    'counts a volume without a date as out when a later one of its edition is',
    onOneDay(async () => {
      reader = await app.a.user();
      const { id, volumes } = await seriesOf([
        { name: '1', order: 1 },
        { name: '2', order: 2 },
        { name: '2 deluxe', order: 2, edition_name: 'Deluxe', release_date: '2020-01-01' },
        { name: '3', order: 3, release_date: '2020-01-01' },
        { name: '3b', order: 3 },
        { name: '4', order: 4 },
        { name: '5', order: 5, release_date: dayFromToday(30) },
      ]);
      await put(volumes['3']);
      expect(await named(id)).toMatchObject({ volumes: 6, missing: ['1', '2'], missing_count: 2, next: '1' });
      await put(volumes['1']);
      await put(volumes['2']);
      expect(await named(id)).toMatchObject({ missing: [], next: '5' });
    }),
  );

  it('shows the first 100 missing volumes and counts all', async () => {
    reader = await app.a.user();
    const many = Array.from({ length: 100 }, (_, index) => ({
      order: index + 1,
      name: String(index + 1),
      release_date: '2020-01-01',
    }));
    const { id, volumes } = await seriesOf([
      ...many,
      { order: 0, name: '0', release_date: '2020-01-01' },
      { order: 0.5, name: '½', release_date: '2020-01-01' },
    ]);
    await put(volumes['1']);
    const shelf = await named(id);
    expect(shelf).toMatchObject({ volumes: 102, missing_count: 101, next: '0' });
    expect(shelf.missing).toEqual(['0', '½', ...many.slice(1, 99).map(({ name }) => name)]);
  });

  it('lists each series once, in the four orders, by client and search', async () => {
    reader = await app.a.user();
    const other = (await app.a.registeredClient()).id;
    const one = { name: 'V', order: 1 };
    const alpha = await seriesOf([one, { name: 'W', order: 2 }], {
      name: 'Álpha',
      titles: [{ language: 'ja', title: 'アルファ' }],
    });
    const beta = await seriesOf([one], { name: 'beta-max' });
    const gamma = await seriesOf([one], { name: 'Gamma' });
    const delta = await seriesOf([one], { name: 'Delta', client: other });
    await put(alpha.volumes['V'], 'owned', '2020-01-01');
    await put(alpha.volumes['W'], 'ordered', '2024-01-01');
    await put(beta.volumes['V'], 'owned', '2022-01-01');
    await put(gamma.volumes['V'], 'wanted');
    const [card] = (await as().get(`/user/collection/series?client=${client}&view=card&user_lang=ja`)).body
      .series;
    expect(card).toMatchObject({ name: 'Álpha', alias: 'アルファ', shelf: { owned: 1, ordered: 1 } });
    for (const name of ['description', 'aliases', 'tags', 'links']) expect(card).not.toHaveProperty(name);
    await as().post(`/user/collection/add/${delta.volumes['V']}`, { client });
    const names = async (query: string) =>
      (await page(query)).series.map(({ name }: { name: string }) => name);
    for (const [query, expected] of [
      ['', ['Álpha', 'beta-max', 'Gamma']],
      ['order=name-desc', ['Gamma', 'beta-max', 'Álpha']],
      ['order=buy-date-asc', ['beta-max', 'Álpha', 'Gamma']],
      ['order=buy-date-desc', ['Álpha', 'beta-max', 'Gamma']],
      ['search=alpha', ['Álpha']],
      ['search=アルファ', ['Álpha']],
      ['search=betamax', ['beta-max']],
      ['search=%25', []],
      ['search=a&order=name-desc&limit=1&offset=1', ['beta-max']],
      ['offset=9', []],
    ] as const)
      expect(await names(query), query).toEqual(expected);
    expect(await page('limit=2&offset=2')).toMatchObject({ max: 2, from: 3, to: 3, total: 3 });
    expect(await page('offset=9')).toMatchObject({ max: 1, from: 0, to: 0, total: 3 });
    expect((await page('user_lang=ja')).series[0]).toMatchObject({
      id: alpha.id,
      alias: 'アルファ',
      type: 'Manga',
    });
    const others = await as().get(`/user/collection/series?client=${other}&search=delta`);
    expect(others.body.series).toMatchObject([{ id: delta.id, shelf: { owned: 1 } }]);
    for (const [query, data] of [
      ['', 'Required parameters missing'],
      ['?client=99999', 'Invalid parameters'],
      [`?client=${client}&order=price-asc`, 'Invalid parameters'],
    ])
      expect(await as().get(`/user/collection/series${query}`)).toMatchObject({
        status: 400,
        body: { data },
      });
    expect((await app.client.get(`/user/collection/series?client=${client}`)).status).toBe(401);
  });

  it(
    'answers what a naive computation finds, for random shelves',
    onOneDay(async () => {
      const random = seededRandom();
      const below = (limit: number) => Math.floor(random() * limit);
      const one = <T>(...values: T[]): T => values[below(values.length)] as T;
      reader = await app.a.user();
      const ids: number[] = [];
      for (let index = 0; index < 30; index++) {
        const { id } = await seriesOf(
          Array.from({ length: 1 + below(14) }, (_, number) => ({
            name: String(number),
            order: below(8) + one(0, 0.5),
            language: one('en', 'en', 'ja'),
            edition_name: one(undefined, undefined, 'Deluxe', 'Omnibus'),
            release_date: one(
              undefined,
              dayFromToday(-below(900)),
              dayFromToday(below(900)),
              today(),
              dayFromToday(1),
            ),
          })),
        );
        ids.push(id);
      }
      const states = new Map<number, string>();
      const catalog = new Map<number, CatalogVolume[]>();
      for (const id of ids) {
        const { body } = await app.client.get(`/series/${id}/volumes?limit=100`);
        catalog.set(id, body.volumes);
        for (const volume of body.volumes as CatalogVolume[]) {
          const state = one('owned', 'owned', 'ordered', 'wanted', null, null, null);
          if (state === null) continue;
          await put(volume.id, state);
          states.set(volume.id, state);
        }
      }
      const expected = ids.flatMap((id) => {
        const volumes = catalog.get(id) ?? [];
        const stateOf = ({ id: volume }: CatalogVolume) => states.get(volume);
        const count = (state: string) => volumes.filter((volume) => stateOf(volume) === state).length;
        if (volumes.every((volume) => stateOf(volume) === undefined)) return [];
        const sameEdition = (a: CatalogVolume, b: CatalogVolume) =>
          a.language === b.language && a.edition_name === b.edition_name;
        const own = volumes.filter((volume) =>
          volumes.some((other) => stateOf(other) === 'owned' && sameEdition(volume, other)),
        );
        const dated = (volume: CatalogVolume) =>
          volume.release_date !== null && volume.release_date <= today();
        const isOut = (volume: CatalogVolume) =>
          dated(volume) ||
          (volume.release_date === null &&
            own.some(
              (other) => sameEdition(volume, other) && other.group_order > volume.group_order && dated(other),
            ));
        const lacking = own.filter((volume) => !['owned', 'ordered'].includes(stateOf(volume) ?? ''));
        const missing = lacking.filter(isOut).map(({ id: volume }) => volume);
        const upcoming = lacking
          .filter((volume) => !isOut(volume))
          .toSorted(
            (a, b) =>
              (a.release_date ?? '9999').localeCompare(b.release_date ?? '9999') ||
              a.group_order - b.group_order ||
              a.id - b.id,
          );
        return [
          {
            id,
            owned: count('owned'),
            ordered: count('ordered'),
            wanted: count('wanted'),
            volumes: own.length,
            missing,
            missing_count: missing.length,
            next: missing[0] ?? upcoming[0]?.id ?? null,
          },
        ];
      });
      const { series } = await page('limit=100');
      const found = series.map(
        ({ id, shelf }: { id: number; shelf: { missing: CatalogVolume[]; next: CatalogVolume | null } }) => ({
          id,
          ...shelf,
          missing: shelf.missing.map((volume) => volume.id),
          next: shelf.next?.id ?? null,
        }),
      );
      const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;
      expect(expected.length).toBeGreaterThan(10);
      expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
    }),
  );
});

describe('GET /volumes?isbn', () => {
  it('finds a volume by either form of its ISBN, however it is typed', async () => {
    reader = await app.a.user();
    const other = (await app.a.registeredClient()).id;
    const ten = await seriesOf([{ name: 'ten', order: 2, isbn10: '080442957X' }]);
    const thirteen = await seriesOf([{ name: 'thirteen', order: 1, isbn13: '9780804429573' }], {
      client: other,
      public: 0,
    });
    const new979 = await seriesOf([{ name: '979', order: 1, isbn13: '9791032700006' }]);
    const [a, b] = [ten.volumes['ten'], thirteen.volumes['thirteen']];
    const find = async (isbn: string, query = '') => {
      const answer = await app.client.get(`/volumes?isbn=${encodeURIComponent(isbn)}${query}`);
      expect(answer.status, answer.text).toBe(200);
      return answer.body.volumes.map(({ id }: { id: number }) => id);
    };
    for (const text of [
      '9780804429573',
      '080442957X',
      '080442957x',
      '978-0-8044-2957-3',
      'ISBN 978-0-8044-2957-3',
      'ISBN-13: 9780804429573',
      'ISBN-10: 0-8044-2957-X',
      'ISBN‑13: 9780804429573',
      'isbn–13 978-0-8044-2957-3',
      'ISBN−10: 080442957X',
      'urn:isbn:9780804429573',
      '="9780804429573"',
      ' ９７８－０８０４４２９５７３ ',
      '978–0–8044–2957–3.',
    ]) {
      expect(await find(text), text).toEqual([b, a]);
    }
    expect(await find('9791032700006')).toEqual([new979.volumes['979']]);
    for (const text of [
      '9780804429574',
      '0804429571',
      '978080442957',
      '97808044295733',
      'one piece',
      '%',
      'x'.repeat(900),
      '4006381333931',
    ]) {
      expect(await find(text), text).toEqual([]);
    }
    expect(await find('9780804429573', `&client=${client}`)).toEqual([a]);
    expect(await find('9780804429573', `&client=${other}`)).toEqual([b, a]);
    expect((await app.client.get('/volumes?isbn=9780804429573&limit=1&offset=1')).body).toMatchObject({
      max: 2,
      from: 2,
      to: 2,
      total: 2,
      volumes: [{ id: a, in_collection: false, collection: null }],
    });
    const { etag } = (await app.client.get('/volumes?isbn=9780804429573')).headers;
    const again = { headers: { 'if-none-match': String(etag) } };
    expect((await app.client.get('/volumes?isbn=9780804429573', again)).status).toBe(304);
    await put(a);
    expect((await as().get('/volumes?isbn=080442957X')).body.volumes).toMatchObject([
      { id: b, in_collection: false },
      { id: a, in_collection: true, collection: { state: 'owned' } },
    ]);
    for (const [query, data] of [
      ['', 'Required parameters missing'],
      ['?isbn=', 'Required parameters missing'],
      ['?isbn=%20', 'Required parameters missing'],
      ['?isbn=1&isbn=2', 'Invalid parameters'],
      ['?isbn=9780804429573&client=99999', 'Invalid parameters'],
      ['?isbn=9780804429573&limit=0', 'Invalid parameters'],
    ])
      expect(await app.client.get(`/volumes${query}`), query).toMatchObject({ status: 400, body: { data } });
    await app.database.query('set enable_seqscan = off');
    const plan = await app.database.query(
      `explain select id from volumes v where isbn_of(v.isbn13, v.isbn10) = '9780804429573'`,
    );
    expect(JSON.stringify(plan)).toContain('volumes_by_isbn');
  });
});
