import { beforeAll, describe, expect, it } from 'vitest';
import { isbnDigits } from '../../src/collection/isbn.js';
import { insertSeries } from '../support/catalog-rows.js';
import { appForFile } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';
import { onOneDay, today } from '../support/dates.js';

const app = appForFile();
let client: number;

beforeAll(async () => {
  client = await app.a.clientId();
});

const aVolume = (fields: Record<string, unknown> = {}) => ({
  external_id: unique('v'),
  name: 'Volume 1',
  order: 1,
  language: 'en',
  ...fields,
});

/** Creates a series and returns the ids of its volumes, in order. */
async function volumesOf(series: Record<string, unknown>): Promise<number[]> {
  const id = await app.a.oneSeries({ volumes: [aVolume()], ...series });
  const { body } = await app.client.get(`/series/${id}/volumes?limit=100`);
  return body.volumes.map((volume: { id: number }) => volume.id);
}

const add = (user: TestUser, id: number, fields: Record<string, unknown> = {}) =>
  app.client.as(user).post(`/user/collection/add/${id}`, { client, ...fields });
const list = async (user: TestUser, query = '') =>
  (await app.client.as(user).get(`/user/collection?client=${client}&${query}`)).body;
const stats = async (user: TestUser, id = client) =>
  (await app.client.as(user).get(`/user/collection/stats/general?client=${id}`)).body;

describe('Collection items: /user/collection', () => {
  it('adds, lists, changes and deletes a collection item', async () => {
    const owner = await app.a.user();
    const [id] = (await volumesOf({ name: 'One Piece' })) as [number];
    expect(await add(owner, id, { price: 9.99, date: '2024-02-29' })).toMatchObject({
      status: 200,
      body: { data: 'Collection item added successfully', code: 200 },
    });
    expect(await add(owner, id)).toMatchObject({
      status: 409,
      body: { data: 'Volume is already in the collection', code: 409 },
    });
    const page = await list(owner);
    expect(page).toMatchObject({ max: 1, from: 1, to: 1, total: 1 });
    const [volume] = page.volumes;
    expect(volume).toMatchObject({
      id,
      in_collection: true,
      collection: { item_id: expect.any(Number), buy_date: '2024-02-29', price: 9.99 },
      series: { name: 'One Piece', type: 'Manga' },
    });
    const item = volume.collection.item_id;
    const changes = { price: 5.5, date: '2025-01-01' };
    expect(await app.client.as(owner).post(`/user/collection/update/${item}`, changes)).toMatchObject({
      status: 200,
      body: { data: 'Collection item updated successfully', code: 200 },
    });
    expect((await app.client.as(owner).get(`/volumes/${id}`)).body).toMatchObject({
      in_collection: true,
      collection: { item_id: item, buy_date: '2025-01-01', price: 5.5 },
    });
    const notOwned = { in_collection: false, collection: null };
    expect((await app.client.get(`/volumes/${id}`)).body).toMatchObject(notOwned);
    expect((await app.client.as(await app.a.user()).get(`/volumes/${id}`)).body).toMatchObject(notOwned);
    expect(await app.client.as(owner).delete(`/user/collection/delete/${item}`)).toMatchObject({
      status: 200,
      body: { data: 'Collection item deleted successfully', code: 200 },
    });
    const missing = { status: 404, body: { data: 'Collection item not found', code: 404 } };
    expect(await app.client.as(owner).delete(`/user/collection/delete/${item}`)).toMatchObject(missing);
    expect(await app.client.as(owner).post(`/user/collection/update/${item}`, changes)).toMatchObject(
      missing,
    );
  });

  it(
    'defaults the price of a collection item to 0 and its date to today',
    onOneDay(async () => {
      const owner = await app.a.user();
      const [id] = (await volumesOf({})) as [number];
      await add(owner, id, { client: String(client) });
      expect((await list(owner)).volumes[0].collection).toMatchObject({ price: 0, buy_date: today() });
    }),
  );

  it('rejects 199 of 200 concurrent adds of the same volume with 409', async () => {
    const owner = await app.a.user();
    const [id] = (await volumesOf({})) as [number];
    const answers = await Promise.all(Array.from({ length: 200 }, () => add(owner, id)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(199);
  });

  it('answers 404 when a user changes or deletes the collection item of another user', async () => {
    const [owner, other] = [await app.a.user(), await app.a.user()];
    const [id] = (await volumesOf({})) as [number];
    await add(owner, id, { price: 1 });
    const item = (await list(owner)).volumes[0].collection.item_id;
    const changes = { price: 2, date: '2025-01-01' };
    expect((await app.client.as(other).post(`/user/collection/update/${item}`, changes)).status).toBe(404);
    expect((await app.client.as(other).delete(`/user/collection/delete/${item}`)).status).toBe(404);
    expect((await list(other)).total).toBe(0);
    expect((await list(owner)).volumes[0].collection.price).toBe(1);
    expect((await add(other, id)).status).toBe(200);
  });

  it.each([
    [{ client: undefined }, 'Required parameters missing'],
    [{ client: null }, 'Required parameters missing'],
    [{ client: 99_999 }, 'Invalid parameters'],
    [{ price: -0.01 }, 'Invalid parameters'],
    [{ price: 1_000_000_000 }, 'Invalid parameters'],
    [{ price: 1.005 }, 'Invalid parameters'],
    [{ price: '1' }, 'Invalid parameters'],
    [{ price: null }, 'Invalid parameters'],
    [{ date: '2023-02-29' }, 'Invalid parameters'],
    [{ date: '2023-02' }, 'Invalid parameters'],
    [{ date: '' }, 'Invalid parameters'],
    [{ item_id: 1 }, 'Invalid parameters'],
    [{ user_id: 'x' }, 'Invalid parameters'],
    [{ buy_date: '2024-01-01' }, 'Invalid parameters'],
  ])('rejects a new collection item with %j with 400', async (fields, data) => {
    const owner = await app.a.user();
    const [id] = (await volumesOf({})) as [number];
    expect(await add(owner, id, fields)).toMatchObject({ status: 400, body: { data } });
    expect((await list(owner)).total).toBe(0);
  });

  it.each([
    [{}, 'Required parameters missing'],
    [{ price: 1 }, 'Required parameters missing'],
    [{ date: '2024-01-01' }, 'Required parameters missing'],
    [{ price: null, date: '2024-01-01' }, 'Required parameters missing'],
    [{ price: 1, date: ' ' }, 'Required parameters missing'],
    [{ price: 'x' }, 'Required parameters missing'],
    [{ price: 1_000_000_000, date: '2024-01-01' }, 'Invalid parameters'],
    [{ price: 1, date: '2024-13-01' }, 'Invalid parameters'],
    [{ price: 1, date: '2024-01-01', client: 1 }, 'Invalid parameters'],
  ])('rejects the change %j of a collection item with 400', async (body, data) => {
    const owner = await app.a.user();
    expect(await app.client.as(owner).post('/user/collection/update/1', body)).toMatchObject({
      status: 400,
      body: { data },
    });
  });

  it('answers 404 to an unknown volume or item and 400 to a blank id', async () => {
    const owner = await app.a.user();
    expect(await add(owner, 999_999)).toMatchObject({ status: 404, body: { data: 'Volume not found' } });
    for (const [method, action, body] of [
      ['POST', 'add', { client }],
      ['POST', 'update', { price: 1, date: '2024-01-01' }],
      ['DELETE', 'delete', undefined],
    ] as const) {
      for (const tail of ['', '/', '/%20']) {
        expect(
          await app.client.as(owner).send(method, `/user/collection/${action}${tail}`, body),
        ).toMatchObject({
          status: 400,
          body: { data: 'Required parameters missing' },
        });
      }
      const huge = await app.client
        .as(owner)
        .send(method, `/user/collection/${action}/${'9'.repeat(30)}`, body);
      expect(huge.status).toBe(404);
    }
  });
});

describe('GET /user/collection', () => {
  let owner: TestUser;
  let other: number;
  const shown = async (query: string) =>
    (await list(owner, query)).volumes.map((volume: { name: string }) => volume.name) as string[];

  beforeAll(async () => {
    owner = await app.a.user();
    other = (await app.a.registeredClient()).id;
    const alpha = await volumesOf({
      name: 'alpha',
      titles: [{ language: 'ja', title: 'アルファ' }],
      volumes: [
        aVolume({ name: 'A1', order: 1, release_date: '2020-01-01', isbn13: '9784088725093' }),
        aVolume({ name: 'A2 Été', order: 2, isbn10: '4088725093' }),
      ],
    });
    const beta = await volumesOf({
      name: 'Beta',
      volumes: [aVolume({ name: 'B1', release_date: '2019-01-01' })],
    });
    const gamma = await volumesOf({ name: 'Gamma', client: other, volumes: [aVolume({ name: 'G1' })] });
    await add(owner, beta[0] as number, { price: 0.1, date: '2024-03-01' });
    await add(owner, alpha[1] as number, { price: 0.2, date: '2024-01-01' });
    await add(owner, alpha[0] as number, { price: 9.99, date: '2024-03-01' });
    await add(owner, gamma[0] as number, { price: 100, date: '2020-01-01' });
  });

  it.each([
    ['', ['A1', 'A2 Été', 'B1']],
    ['order=name-asc', ['A1', 'A2 Été', 'B1']],
    ['order=name-desc', ['B1', 'A2 Été', 'A1']],
    ['order=buy-date-asc', ['A2 Été', 'B1', 'A1']],
    ['order=buy-date-desc', ['B1', 'A1', 'A2 Été']],
    ['order=price-asc', ['B1', 'A2 Été', 'A1']],
    ['order=price-desc', ['A1', 'A2 Été', 'B1']],
    ['order=release-date-asc', ['B1', 'A1', 'A2 Été']],
    ['order=release-date-desc', ['A1', 'B1', 'A2 Été']],
    ['search=ALPHA', ['A1', 'A2 Été']],
    ['search=%E3%82%A2%E3%83%AB', ['A1', 'A2 Été']],
    ['search=ete', ['A2 Été']],
    ['search=9784088725093', ['A1', 'A2 Été']],
    ['search=978-4-08-872509-3', ['A1', 'A2 Été']],
    ['search=4-08-872509-3', ['A1', 'A2 Été']],
    ['search=4088725093', ['A1', 'A2 Été']],
    ['search=%25', []],
    ['search=gamma', []],
    ['limit=1&offset=1', ['A2 Été']],
  ])('returns the expected page of the collection for "%s"', async (query, expected) => {
    expect(await shown(query)).toEqual(expected);
  });

  it('returns the position and total of a page of the collection', async () => {
    expect(await list(owner, 'limit=2&offset=2')).toMatchObject({ max: 2, from: 3, to: 3, total: 3 });
    expect(await list(owner, 'offset=9')).toEqual({ volumes: [], max: 1, from: 0, to: 0, total: 3 });
  });

  it('filters the collection by client: volumes of that client’s series and of series without a client', async () => {
    const { body } = await app.client.as(owner).get(`/user/collection?client=${other}`);
    expect(body.volumes.map((volume: { name: string }) => volume.name)).toEqual(['A1', 'A2 Été', 'B1', 'G1']);
    expect((await stats(owner, other)).total_items).toBe(4);
  });

  it('returns series titles of the collection in the requested language', async () => {
    expect((await list(owner, 'user_lang=ja')).volumes[0].series).toMatchObject({
      name: 'alpha',
      alias: 'アルファ',
    });
  });

  it('sums the prices of a collection without rounding errors', async () => {
    expect(await stats(owner)).toEqual({
      total_items: 3,
      total_spent: 10.29,
      totals: [{ currency: 'EUR', items: 3, spent: 10.29 }],
      first_buy: '2024-01-01',
      last_buy: '2024-03-01',
    });
    expect(
      (await app.client.as(owner).get(`/user/collection/stats/general?client=${client}`)).text,
    ).toContain('"total_spent":10.29,');
    const newcomer = await app.a.user();
    expect(await stats(newcomer)).toEqual({
      total_items: 0,
      total_spent: 0,
      totals: [],
      first_buy: null,
      last_buy: null,
    });
  });

  it.each(['/user/collection', '/user/collection/stats/general'])(
    'answers 400 to GET %s without a registered client',
    async (url) => {
      for (const query of ['', '?client=', '?client=%20']) {
        expect(await app.client.as(owner).get(url + query)).toMatchObject({
          status: 400,
          body: { data: 'Required parameters missing' },
        });
      }
      for (const query of ['?client=99999', '?client=x', '?client=0', '?client=1&client=1']) {
        expect(await app.client.as(owner).get(url + query), query).toMatchObject({
          status: 400,
          body: { data: 'Invalid parameters' },
        });
      }
      expect((await app.client.as(owner).get('/user/collection?order=x')).body.data).toBe(
        'Required parameters missing',
      );
      expect((await app.client.as(owner).get(`/user/collection?client=${client}&order=x`)).status).toBe(400);
    },
  );
});

describe('A collection of 10,000 items', () => {
  it('reads a page and the statistics of a long collection by index, in fewer than 200 rows', async () => {
    const owner = await app.a.user();
    await insertSeries(
      app.database,
      Array.from({ length: 10_000 }, (_, index) => `long-${index + 1}`),
    );
    await app.database.query(
      `insert into volumes (external_id, series_id, name, slug, group_order, language)
       select external_id, id, 'Volume', 'volume', 1, 'en' from series where external_id like 'long-%'`,
    );
    await app.database.query(
      `insert into collection_items (user_id, volume_id, series_id, client_id, price, currency, buy_date, series_name, group_order)
       select $1, v.id, s.id, $2, 1.01, 'EUR', '2024-01-01', s.name, 1
       from volumes v join series s on s.id = v.series_id where v.external_id like 'long-%'`,
      [owner.id, client],
    );
    await app.database.query(
      `insert into users (id, username, password_hash, slug)
       select lpad(to_hex(i), 24, '0'), 'other' || i, '', 'other' || i from generate_series(1, 6) i`,
    );
    // Without triggers: no test reads the counters of the other users.
    await app.database.query('set session_replication_role = replica');
    await app.database.query(
      `insert into collection_items (user_id, volume_id, series_id, client_id, price, currency, buy_date, series_name, group_order)
       select u.id, v.id, s.id, $1, 1, 'EUR', '2024-01-01', s.name, 1
       from users u, volumes v join series s on s.id = v.series_id
       where u.username like 'other%' and v.external_id like 'long-%'`,
      [client],
    );
    await app.database.query('reset session_replication_role');
    await app.database.query('vacuum analyze');
    const rowsRead = async () => {
      const [before] = await scans();
      expect(await list(owner)).toMatchObject({ total: 10_000 });
      expect(await stats(owner)).toMatchObject({ total_items: 10_000, total_spent: 10_100 });
      await new Promise((resolve) => setTimeout(resolve, 1_200));
      const [after] = await scans();
      const fetched = Number(after?.fetched) - Number(before?.fetched);
      return { scanned: Number(after?.read) - Number(before?.read), isPage: fetched < 200 };
    };
    // The rows of the page and of the first and last dates, not all 10,000. PostgreSQL may report rows of earlier requests
    // late, but only once.
    await expect.poll(rowsRead).toEqual({ scanned: 0, isPage: true });
  });

  /** Rows of `collection_items` read so far, without an index (`read`) and by index (`fetched`). */
  async function scans() {
    await app.database.query('select pg_stat_clear_snapshot()');
    return app.database.query<{ read: string; fetched: string }>(
      `select seq_tup_read as read, idx_tup_fetch as fetched from pg_stat_user_tables where relname = 'collection_items'`,
    );
  }
});

describe('isbnDigits', () => {
  it.each([
    ['978-4-08-872509-3', ['9784088725093', '4088725093']],
    ['4-08-872509-3', ['4088725093', '978408872509']],
    ['080442957X', ['080442957X', '978080442957']],
    ['9780804429573', ['9780804429573', '080442957X']],
    ['９７８', ['978']],
    ['one piece', []],
    ['1', []],
    ['-', []],
  ])('extracts the ISBN-13 and ISBN-10 digits from the search "%s"', (search, digits) =>
    expect(isbnDigits(search)).toEqual(digits),
  );
});
