import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile, startApp } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';
import { onOneDay, today } from '../support/dates.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();
let client: number;
/** Volumes of one series, which every test uses with a reader of its own. */
let volumes: number[];
let reader: TestUser;

beforeAll(async () => {
  client = await app.a.clientId();
  const id = await app.a.oneSeries({
    volumes: Array.from({ length: 12 }, (_, index) => ({
      external_id: unique('v'),
      name: `Volume ${index + 1}`,
      order: index + 1,
      language: 'en',
    })),
  });
  const { body } = await app.client.get(`/series/${id}/volumes`);
  volumes = body.volumes.map((volume: { id: number }) => volume.id);
});

const as = (user = reader) => app.client.as(user);
const add = (index: number, fields: Record<string, unknown> = {}) =>
  as().post(`/user/collection/add/${volumes[index]}`, { client, ...fields });
const update = (item: number, fields: Record<string, unknown>) =>
  as().post(`/user/collection/update/${item}`, fields);
const stats = async (query = '') =>
  (await as().get(`/user/collection/stats/general?client=${client}&${query}`)).body;
const listed = async (query = '') =>
  (await as().get(`/user/collection?client=${client}&${query}`)).body.volumes as {
    name: string;
    in_collection: boolean;
    collection: Record<string, unknown>;
  }[];
const names = async (query = '') => (await listed(query)).map(({ name }) => name.slice(7));
const newReader = async () => (reader = await app.a.user());
const EMPTY = { condition: null, place: null, notes: null };

describe('An item of the shelf', () => {
  it('has a state, a currency, a condition, a place and notes, which an update keeps unless it names them', async () => {
    await newReader();
    const texts = { condition: 'Like new', place: 'Shelf 2', notes: '🙂'.repeat(2_000) };
    const added = await add(0, {
      state: 'ordered',
      price: 1.234,
      currency: 'KWD',
      date: '2026-01-02',
      ...texts,
    });
    expect(added.body).toEqual({
      data: 'Collection item added successfully',
      code: 200,
      item: {
        item_id: expect.any(Number),
        volume_id: volumes[0],
        state: 'ordered',
        buy_date: '2026-01-02',
        price: 1.234,
        currency: 'KWD',
        ...texts,
        client,
      },
    });
    const { item } = added.body;
    const { volume_id: _volume, client: _client, ...collection } = item;
    expect((await as().get(`/volumes/${volumes[0]}`)).body).toMatchObject({
      in_collection: false,
      collection,
    });
    expect((await update(item.item_id, { price: 2, date: '2026-01-03' })).body.item).toEqual({
      ...item,
      price: 2,
      buy_date: '2026-01-03',
    });
    const changed = { state: 'owned', currency: 'JPY', condition: null, place: ' ', notes: 'x' };
    const after = await update(item.item_id, { price: 500, date: '2026-01-03', ...changed });
    expect(after.body.item).toMatchObject({ ...changed, place: null, price: 500 });
    expect((await as().get(`/volumes/${volumes[0]}`)).body.in_collection).toBe(true);
  });

  it('is of the reader’s currency, else of the default one, unless it names another; a change of the setting changes no item', async () => {
    await newReader();
    expect((await add(0, { price: 9.99 })).body.item).toMatchObject({ currency: 'EUR' });
    await as().post(`/users/${reader.id}/save-settings`, { currency: 'JPY' });
    expect((await add(1, { price: 500 })).body.item).toMatchObject({ currency: 'JPY' });
    expect((await add(2, { price: 3, currency: 'USD' })).body.item).toMatchObject({ currency: 'USD' });
    expect((await listed()).map(({ collection }) => collection['currency'])).toEqual(['EUR', 'JPY', 'USD']);
    const yen = { currency: 'JPY', items: 1, spent: 500 };
    expect(await stats()).toMatchObject({
      total_items: 3,
      total_spent: 500,
      totals: [{ currency: 'EUR', items: 1, spent: 9.99 }, yen, { currency: 'USD', items: 1, spent: 3 }],
    });
    const other = await startApp({ DEFAULT_CURRENCY: 'KRW' }, app.database);
    try {
      const newcomer = other.client.as(await other.a.user());
      const answer = await newcomer.post(`/user/collection/add/${volumes[0]}`, { client, price: 8000 });
      expect(answer.body.item).toMatchObject({ currency: 'KRW' });
      const precise = await newcomer.post(`/user/collection/add/${volumes[1]}`, { client, price: 8000.5 });
      expect(precise.status).toBe(400);
    } finally {
      await other.close();
    }
  });

  it(
    'has a date of purchase unless it is wanted',
    onOneDay(async () => {
      await newReader();
      const wanted = (await add(0, { state: 'wanted', date: '2026-01-01', price: 5 })).body.item;
      expect(wanted).toMatchObject({ state: 'wanted', buy_date: null, price: 5 });
      const change = { price: 5, date: '2026-02-02' };
      expect((await update(wanted.item_id, change)).body.item).toMatchObject({
        state: 'wanted',
        buy_date: null,
      });
      expect((await update(wanted.item_id, { price: 5, state: 'ordered' })).status).toBe(400);
      const ordered = (await update(wanted.item_id, { ...change, state: 'ordered' })).body.item;
      expect(ordered).toMatchObject({ state: 'ordered', buy_date: '2026-02-02' });
      const back = (await update(wanted.item_id, { ...change, state: 'wanted' })).body.item;
      expect(back).toMatchObject({ state: 'wanted', buy_date: null });
      expect((await add(1, { state: 'ordered' })).body.item).toMatchObject({ buy_date: today(), price: 0 });
    }),
  );

  it(
    'becomes owned when a wanted or ordered volume is added as owned; any other second add is a 409 with the item',
    onOneDay(async () => {
      await newReader();
      const other = (await app.a.registeredClient()).id;
      const wanted = (await add(0, { state: 'wanted', price: 5, place: 'A', notes: 'n' })).body.item;
      for (const state of ['wanted', 'ordered']) {
        expect(await add(0, { state })).toMatchObject({ status: 409, body: { item: wanted } });
      }
      const bought = { client: other, price: 700, currency: 'JPY', date: '2026-03-04', condition: 'new' };
      const { body } = await add(0, bought);
      const owned = { ...wanted, ...bought, date: undefined, buy_date: '2026-03-04', state: 'owned' };
      expect(body).toEqual({
        data: 'Collection item added successfully',
        code: 200,
        item: { ...owned, date: undefined },
      });
      for (const state of ['wanted', 'ordered', 'owned', undefined]) {
        const again = await add(0, { state });
        expect(again).toMatchObject({
          status: 409,
          body: { data: 'Volume is already in the collection', item: body.item },
        });
      }
      // Without a price or date, those of the order stay.
      const ordered = (await add(1, { state: 'ordered', price: 1.5, currency: 'KWD', date: '2026-01-01' }))
        .body.item;
      const again = { place: 'B', notes: 'other' };
      expect((await add(1, again)).body.item).toEqual({ ...ordered, state: 'owned' });
      await add(2, { state: 'ordered', price: 1.5, currency: 'KWD' });
      expect((await add(2, { price: 2.5 })).body.item).toMatchObject({ price: 2.5, currency: 'EUR' });
      await add(3, { state: 'wanted', price: 700, currency: 'JPY' });
      expect((await add(3)).body.item).toMatchObject({ price: 700, currency: 'JPY', buy_date: today() });

      // The purchase is an event, which can be undone.
      const event = (await as().get('/user/events?kind=item&limit=50')).body.events.find(
        (one: { volume_id: number; action: string }) =>
          one.volume_id === volumes[0] && one.action === 'update',
      );
      expect(event).toMatchObject({
        before: { state: 'wanted', price: 5, currency: 'EUR', buy_date: null, condition: null, client },
        after: { state: 'owned', price: 700, currency: 'JPY', condition: 'new', client: other },
      });
      expect((await as().post(`/user/events/${event.id}/undo`)).body).toEqual({ undone: 1, skipped: [] });
      const { collection } = (await as().get(`/volumes/${volumes[0]}`)).body;
      expect(collection).toMatchObject({
        state: 'wanted',
        price: 5,
        currency: 'EUR',
        buy_date: null,
        ...EMPTY,
        place: 'A',
        notes: 'n',
      });
    }),
  );

  it('returns in the default currency when its deletion was logged before items had currencies', async () => {
    await newReader();
    const { item } = (await add(0, { price: 9.99 })).body;
    await as().delete(`/user/collection/delete/${item.item_id}`);
    await app.database.query(
      `update reader_events set before = before - 'state' - 'currency' - 'condition' - 'place' - 'notes'
       where user_id = $1 and action = 'delete'`,
      [reader.id],
    );
    // The reader counts in a currency without fraction digits since then.
    await as().post(`/users/${reader.id}/save-settings`, { currency: 'JPY' });
    const [event] = (await as().get('/user/events?limit=1')).body.events;
    expect((await as().post(`/user/events/${event.id}/undo`)).body).toEqual({ undone: 1, skipped: [] });
    const { collection } = (await as().get(`/volumes/${volumes[0]}`)).body;
    expect(collection).toMatchObject({ state: 'owned', price: 9.99, currency: 'EUR', ...EMPTY });
  });

  it('is acquired once by 20 concurrent adds', async () => {
    await newReader();
    await add(0, { state: 'wanted' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => add(0)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
  });

  it.each([
    [{ state: 'lost' }],
    [{ state: null }],
    [{ currency: 'eur' }],
    [{ currency: 'XAU' }],
    [{ currency: 'CLF' }],
    [{ currency: null }],
    [{ price: 1.001 }],
    [{ price: 1.5, currency: 'JPY' }],
    [{ price: 1.001, currency: 'HUF' }],
    [{ price: 1.0001, currency: 'KWD' }],
    [{ price: 1_000_000_000, currency: 'KWD' }],
    [{ condition: 'x'.repeat(101) }],
    [{ place: 'x'.repeat(101) }],
    [{ place: 1 }],
    [{ notes: 'x'.repeat(2_001) }],
  ])('is refused with %j, in an add, an update and a bulk', async (fields) => {
    await newReader();
    const refused = { status: 400, body: { data: 'Invalid parameters' } };
    expect(await add(0, fields)).toMatchObject(refused);
    // An invalid price is found before an unknown volume or item.
    const unknown = await as().post('/user/collection/add/999999', { client, ...fields });
    expect(unknown).toMatchObject(refused);
    const { item } = (await add(1, { currency: 'EUR' })).body;
    expect(await update(item.item_id, { price: 1, date: '2026-01-04', ...fields })).toMatchObject(refused);
    const bulk = await as().post('/user/collection/bulk', {
      client,
      items: [
        { op: 'add', volume_id: volumes[0], ...fields },
        { op: 'update', item_id: item.item_id, price: 1, date: '2026-01-04', ...fields },
      ],
    });
    expect(bulk.body.results).toMatchObject([{ code: 400 }, { code: 400 }]);
    expect(await listed('state=owned,ordered,wanted')).toMatchObject([
      { collection: { item_id: item.item_id, price: 0 } },
    ]);
  });

  it('takes the digits of the currency that it has, or that the request names', async () => {
    await newReader();
    const { item } = (await add(0, { price: 1_000, currency: 'JPY' })).body;
    const answer = await update(item.item_id, { price: 9.99, date: '2026-01-04' });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'price' }] } });
    const max = { price: 999_999_999.999, date: '2026-01-04', currency: 'BHD' };
    expect((await update(item.item_id, max)).text).toContain('"price":999999999.999,');
    expect(await stats('state=owned')).toMatchObject({
      total_spent: 0,
      totals: [{ spent: 999_999_999.999 }],
    });
    expect((await update(item.item_id, { price: 1.25, date: '2026-01-04', currency: 'JPY' })).status).toBe(
      400,
    );
    await add(1, { state: 'wanted', currency: 'JPY' });
    expect((await add(1, { price: 1.5, currency: 'JPY' })).status).toBe(400);
    expect(await add(1, { price: 1.001 })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'price' }] },
    });
    expect(await names('state=wanted')).toEqual(['2']);
  });

  it('takes bodies of up to 192 KiB, and refuses larger ones with 413', async () => {
    await newReader();
    const escaped = JSON.stringify({ client, notes: '🙂'.repeat(2_000) }).replace(/[^\x20-\x7e]/gu, (one) =>
      [...one]
        .flatMap((_, i) => [one.charCodeAt(2 * i), one.charCodeAt(2 * i + 1)])
        .map((unit) => `\\u${unit.toString(16)}`)
        .join(''),
    );
    const send = (bytes: number) =>
      as().post(`/user/collection/add/${volumes[0]}`, undefined, {
        raw: Buffer.from(escaped.padEnd(bytes)),
        headers: { 'content-type': 'application/json' },
      });
    expect((await send(192 * 1024 + 1)).status).toBe(413);
    expect((await send(192 * 1024)).body.item.notes).toBe('🙂'.repeat(2_000));
  });

  it('gets the first answer again with the same Idempotency-Key', async () => {
    await newReader();
    await add(0, { state: 'wanted' });
    const send = () =>
      as().post(
        `/user/collection/add/${volumes[0]}`,
        { client, price: 4 },
        { headers: { 'idempotency-key': 'k' } },
      );
    const first = await send();
    expect(first.status).toBe(200);
    expect((await send()).body).toEqual(first.body);
  });
});

describe('Lists and totals of the shelf', () => {
  beforeAll(async () => {
    await newReader();
    await add(0, { price: 0.1, date: '2024-03-01' });
    await add(1, { price: 0.2, state: 'ordered', date: '2024-01-01' });
    await add(2, { price: 0.3, state: 'wanted' });
    await add(3, { price: 700, currency: 'JPY', date: '2023-01-01' });
    await add(4, { price: 0.7, date: '2025-01-01' });
    await add(5, { state: 'wanted' });
  });

  it.each([
    ['', ['1', '4', '5']],
    ['state=', ['1', '4', '5']],
    ['state=ordered', ['2']],
    ['state=wanted', ['3', '6']],
    ['state=owned,wanted', ['1', '3', '4', '5', '6']],
    ['state=ordered&state=wanted', ['2', '3', '6']],
    ['state[]=wanted', ['3', '6']],
    ['state=owned,ordered,wanted&order=name-desc', ['6', '5', '4', '3', '2', '1']],
    ['state=owned,ordered,wanted&order=buy-date-asc', ['4', '2', '1', '5', '3', '6']],
    ['state=owned,ordered,wanted&order=buy-date-desc', ['5', '1', '2', '4', '3', '6']],
    ['state=owned,wanted&order=price-asc', ['6', '1', '3', '5', '4']],
    ['state=wanted,ordered&search=volume&order=buy-date-desc', ['2', '3', '6']],
    ['state=ordered&search=Volume 3', []],
  ])('lists the items of "%s"', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
    const { body } = await as().get(`/user/collection?client=${client}&${query}`);
    expect(body.total).toBe(expected.length);
    for (const { in_collection, collection } of body.volumes) {
      expect(in_collection).toBe(collection.state === 'owned');
    }
  });

  it('answers 400 to an unknown state', async () => {
    for (const path of ['/user/collection', '/user/collection/stats/general']) {
      for (const state of ['lost', 'owned,lost', 'OWNED'])
        expect((await as().get(`${path}?client=${client}&state=${state}`)).status).toBe(400);
    }
  });

  it.each([
    [
      '',
      3,
      0.8,
      [
        ['EUR', 2, 0.8],
        ['JPY', 1, 700],
      ],
      '2023-01-01',
      '2025-01-01',
    ],
    ['state=ordered', 1, 0.2, [['EUR', 1, 0.2]], '2024-01-01', '2024-01-01'],
    ['state=wanted', 2, 0.3, [['EUR', 2, 0.3]], null, null],
    [
      'state=owned,ordered,wanted',
      6,
      1.3,
      [
        ['EUR', 5, 1.3],
        ['JPY', 1, 700],
      ],
      '2023-01-01',
      '2025-01-01',
    ],
  ])('sums the items of "%s" by currency', async (query, items, spent, totals, first, last) => {
    expect(await stats(query as string)).toEqual({
      total_items: items,
      total_spent: spent,
      totals: (totals as unknown[][]).map(([currency, count, sum]) => ({
        currency,
        items: count,
        spent: sum,
      })),
      first_buy: first,
      last_buy: last,
    });
  });

  it('keeps its sums equal to a recomputation under concurrent adds, updates, deletions and bulks', async () => {
    const random = seededRandom();
    const one = <T>(...values: T[]): T => values[Math.floor(random() * values.length)] as T;
    await newReader();
    const price = (currency: string) =>
      ({
        JPY: Math.floor(random() * 900),
        EUR: Math.floor(random() * 9_999) / 100,
        KWD: Math.floor(random() * 9_999) / 1000,
      })[currency] ?? 0;
    const fields = () => {
      const currency = one('EUR', 'JPY', 'KWD');
      return { state: one('owned', 'ordered', 'wanted'), currency, price: price(currency) };
    };
    const statuses: number[] = [];
    const step = async () => {
      const all = await listed('state=owned,ordered,wanted');
      const item = one(...all, undefined)?.collection['item_id'] as number | undefined;
      const date = one('2020-02-02', '2021-01-01');
      const answer =
        item === undefined || random() < 0.4
          ? await add(Math.floor(random() * volumes.length), { ...fields(), date })
          : await one(
              () => update(item, { ...fields(), date }),
              () => update(item, { price: Math.floor(random() * 90), date }),
              () => as().delete(`/user/collection/delete/${item}`),
              () =>
                as().post('/user/collection/bulk', {
                  client,
                  items: [
                    { op: 'update', item_id: item, ...fields(), date },
                    { op: 'add', volume_id: one(...volumes), ...fields() },
                  ],
                }),
            )();
      statuses.push(answer.status);
    };
    for (let round = 0; round < 12; round++) {
      await Promise.all(Array.from({ length: 8 }, step));
      for (const states of [['owned'], ['ordered', 'wanted'], ['owned', 'ordered', 'wanted']]) {
        const items = (await listed(`limit=100&state=${states.join()}`)).map(({ collection }) => collection);
        const found = await stats(`state=${states.join()}`);
        const currencies = [...new Set(items.map(({ currency }) => String(currency)))].sort();
        const inMills = (currency: string) =>
          items
            .filter((item) => item['currency'] === currency)
            .reduce((sum, item) => sum + Math.round(Number(item['price']) * 1000), 0);
        expect(found).toMatchObject({
          total_items: items.length,
          total_spent: inMills('EUR') / 1000,
          totals: currencies.map((currency) => ({
            currency,
            items: items.filter((item) => item['currency'] === currency).length,
            spent: inMills(currency) / 1000,
          })),
        });
      }
    }
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(40);
  });
});
