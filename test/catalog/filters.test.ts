import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { Sql } from '../../src/database/sql.js';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { recordStatements } from '../support/statements.js';

const app = appForFile();

/** Holds the first statement of a name, from when it is `reached` until it is released. */
function holdFirst(name: string): { readonly reached: Promise<void>; release(): void } {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const sql = app.nest.get(Sql);
  const original = sql.rows.bind(sql) as (statement: { name: string }, values: never) => Promise<never[]>;
  sql.rows = (async (statement: { name: string }, values: never) => {
    if (statement.name !== name) return original(statement, values);
    sql.rows = original as typeof sql.rows;
    reached.resolve();
    await released.promise;
    return original(statement, values);
  }) as typeof sql.rows;
  return { reached: reached.promise, release: released.resolve };
}

interface Line {
  readonly name: string;
  readonly type: string;
  readonly origin: string;
  readonly tags: readonly string[];
  readonly nsfw?: number;
  readonly nsfw18?: number;
  readonly public?: number;
  readonly year?: number | null;
  readonly publication?: string | null;
  readonly languages: readonly string[];
  readonly [field: string]: unknown;
}

const LINES: readonly Line[] = [
  {
    name: 'Akira',
    type: 'Manga',
    origin: 'Japanese',
    tags: ['Action', 'Sci-Fi'],
    year: 1982,
    publication: 'completed',
    languages: ['ja', 'en', 'en'],
    chapters: 120,
    volume_total: 6,
    titles: [{ language: 'de', title: 'Akira auf Deutsch' }],
    descriptions: [{ language: 'en', text: 'Neo-Tokyo.' }],
  },
  {
    name: 'Berserk',
    type: 'Manga',
    origin: 'Japanese',
    tags: ['Action', 'Horror'],
    nsfw18: 1,
    year: 1989,
    publication: 'hiatus',
    languages: ['ja'],
  },
  {
    name: 'Solo',
    type: 'Manhwa',
    origin: 'Korean',
    tags: ['action', 'Slice, of Life'],
    nsfw: 1,
    year: 2016,
    publication: 'ongoing',
    languages: ['ko', 'de'],
  },
  { name: 'Nomad', type: 'Manhua', origin: 'Chinese', tags: [], year: null, languages: [] },
  {
    name: 'Book',
    type: 'Novel',
    origin: 'japanese',
    tags: ['Slice, of Life', 'ACTION', 'action'],
    year: 2001,
    publication: 'cancelled',
    languages: ['ja', 'de'],
  },
  {
    name: 'Hidden',
    type: 'Novel',
    origin: 'Korean',
    tags: ['Action'],
    public: 0,
    year: 1999,
    languages: ['fr'],
  },
];

let ids: number[];
let reader: Awaited<ReturnType<typeof app.a.user>>;
let own: TestClient;

beforeAll(async () => {
  ids = await app.a.series(
    ...LINES.map(({ languages, ...line }) => ({
      titles: [],
      ...line,
      volumes: languages.map((language, index) => ({
        external_id: unique('volume'),
        name: `Volume ${index + 1}`,
        order: index + 1,
        language,
      })),
    })),
  );
  reader = await app.a.user({ permissions: ['rate-series'] });
  own = app.client.as(reader);
  for (const [index, fields] of [
    [0, { progress: 12.5, volumes: 3 }],
    [5, { progressType: 'volumes', progress: 1, status: 'planned' }],
  ] as const) {
    await own.post(`/user/reading-status/add/${ids[index]}`, await app.a.entry(fields));
  }
  await own.post(`/user/series-rating/add/${ids[0]}`, { rating: 8.5 });
});

const names = (body: { series: { name: string }[] }) => body.series.map(({ name }) => name);
const list = async (query: string, client: TestClient = app.client) => {
  const { status, body } = await client.get(`/series?${query}`);
  expect(status, query).toBe(200);
  expect(body.total, query).toBe(body.series.length);
  return names(body);
};

describe('GET /series with filters', () => {
  it.each([
    ['type=Manga,Manhwa', ['Akira', 'Berserk', 'Solo']],
    ['type=Manga&type=Novel', ['Akira', 'Berserk', 'Book']],
    ['type[]=Novel', ['Book']],
    ['nsfw=hide', ['Akira', 'Book', 'Nomad']],
    ['nsfw=show', ['Akira', 'Book', 'Nomad', 'Solo']],
    ['nsfw=show-18', ['Akira', 'Berserk', 'Book', 'Nomad', 'Solo']],
    ['nsfw=', ['Akira', 'Berserk', 'Book', 'Nomad', 'Solo']],
    ['nsfw=hide&type=Manga', ['Akira']],
    ['origin=Japanese', ['Akira', 'Berserk', 'Book']],
    ['origin=KOREAN', ['Solo']],
    ['origin=Klingon', []],
    ['publication=hiatus', ['Berserk']],
    ['year_from=1989', ['Berserk', 'Book', 'Solo']],
    ['year_to=1989', ['Akira', 'Berserk']],
    ['year_from=1989&year_to=2001', ['Berserk', 'Book']],
    ['year_from=2001&year_to=1989', []],
    ['tags=ACTION', ['Akira', 'Berserk', 'Book', 'Solo']],
    ['tags=action&tags=horror', ['Berserk']],
    ['tags[]=action&tags[]=slice,%20of%20life', ['Book', 'Solo']],
    ['tags=slice', []],
    ['tags=', ['Akira', 'Berserk', 'Book', 'Nomad', 'Solo']],
    ['language=de', ['Book', 'Solo']],
    ['language=German', ['Book', 'Solo']],
    ['language=xx', []],
    ['language=fr', []],
    [
      'tags=action&origin=japanese&language=ja&nsfw=hide&year_from=1990&publication=cancelled&type=Novel,Manga',
      ['Book'],
    ],
    ['search=o&origin=korean', ['Solo']],
    ['search=o&tags=action&nsfw=hide', ['Book']],
    ['search=o&type=Manhua,Manhwa&order=name-desc', ['Solo', 'Nomad']],
    ['origin=japanese&order=name-desc', ['Book', 'Berserk', 'Akira']],
    ['origin=japanese&order=added-desc&view=card', ['Akira', 'Berserk', 'Book']],
    ['nsfw=show&order=rating-desc', ['Akira', 'Solo', 'Nomad', 'Book']],
  ])('%s', async (query, expected) => {
    const found = await list(query);
    // Series of one import have one time, and those without a rating one place: their order is that of their ids.
    expect(/order=(added|rating)/.test(query) ? found.sort() : found).toEqual(
      /order=(added|rating)/.test(query) ? [...expected].sort() : expected,
    );
  });

  it.each([
    'type=Manga,manga',
    'nsfw=yes',
    'nsfw=hide&nsfw=show',
    'publication=ended',
    'publication=ongoing&publication=hiatus',
    'year_from=x',
    'year_from=0',
    'year_to=10000',
    'origin=a&origin=b',
    'language=de&language=en',
    'view=tiny',
    'ids=x',
    'ids=1,0',
    'ids=1&search=a',
    'ids=1&order=name-asc',
    'ids=1&limit=20',
    'ids=1&offset=0',
    `ids=${Array.from({ length: 101 }, (_, index) => index + 1).join()}`,
    Array.from({ length: 21 }, (_, index) => `tags=t${index}`).join('&'),
    `tags=${'x'.repeat(201)}`,
    'tags=%00',
    'origin=%00',
  ])('refuses %s', async (query) => {
    const answer = await app.client.get(`/series?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { data: 'Invalid parameters' } });
  });

  it('pages through filtered series without overlap or gap in each order', async () => {
    for (const order of ['name-asc', 'name-desc', 'added-asc', 'added-desc', 'rating-asc', 'rating-desc']) {
      for (const filter of ['origin=japanese', 'type=Manga,Novel', 'nsfw=show', 'search=o&nsfw=show']) {
        const all = (await app.client.get(`/series?${filter}&order=${order}`)).body;
        const paged: string[] = [];
        for (let offset = 0; offset < all.total; offset += 2) {
          const { body } = await app.client.get(`/series?${filter}&order=${order}&limit=2&offset=${offset}`);
          expect(body).toMatchObject({ total: all.total, from: offset + 1, max: Math.ceil(all.total / 2) });
          paged.push(...names(body));
        }
        expect(paged, `${filter} ${order}`).toEqual(names(all));
      }
    }
    const beyond = (await app.client.get('/series?origin=japanese&offset=50')).body;
    expect(beyond).toEqual({ series: [], max: 1, from: 0, to: 0, total: 3 });
  });

  it('combines every filter with client, and refuses an unknown client', async () => {
    const client = await app.a.registeredClient();
    const [id] = await app.a.series({ name: 'Ours', client: client.id, origin: 'Latvian', tags: ['Folk'] });
    const other = await app.a.registeredClient();
    for (const filter of ['origin=latvian', 'tags=folk', `ids=${id}`]) {
      expect(await list(`${filter}&client=${client.id}`)).toEqual(['Ours']);
      expect(await list(`${filter}&client=${other.id}`)).toEqual([]);
      expect((await app.client.get(`/series?${filter}&client=99999`)).status, filter).toBe(400);
    }
    await app.database.query('delete from series where id = $1', [id]);
  });
});

describe('GET /series?ids=', () => {
  it('answers the series in the order of the ids, hidden ones too, without unknown ones and repetitions', async () => {
    const [akira, , solo, , , hidden] = ids;
    const { body } = await app.client.get(
      `/series?ids=${solo},${hidden},999999,${akira},${solo},99999999999`,
    );
    expect(names(body)).toEqual(['Solo', 'Hidden', 'Akira']);
    expect(body).toMatchObject({ max: 1, from: 1, to: 3, total: 3 });
    expect(names((await app.client.get(`/series?ids=${hidden}&ids[]=${akira}&view=card`)).body)).toEqual([
      'Hidden',
      'Akira',
    ]);
    expect((await app.client.get('/series?ids=999999')).body).toEqual({
      series: [],
      max: 0,
      from: 0,
      to: 0,
      total: 0,
    });
    expect(await list(`ids=${ids.join()}&tags=action&nsfw=hide`)).toEqual(['Akira', 'Book', 'Hidden']);
  });

  it('answers a hundred series', async () => {
    const many = Array.from({ length: 99 }, (_, index) => 900_000 + index);
    expect(await list(`ids=${[...many, ids[0]].join()}`)).toEqual(['Akira']);
  });
});

describe('what a signed-in reader sees of series', () => {
  it('has the entry and the rating beside each series, in one statement', async () => {
    const { executed, stop } = recordStatements(app.nest);
    const { body } = await own.get('/series');
    const detail = (await own.get(`/series/${ids[5]}`)).body;
    stop();
    const pages = executed.filter(({ name }) => name.startsWith('catalog.'));
    expect(pages.map(({ name }) => name.replace(/-\d+$/, ''))).toEqual(['catalog.page', 'catalog.series']);
    const akira = body.series.find(({ name }: { name: string }) => name === 'Akira');
    expect(akira).toMatchObject({
      entry: { status: 'started', progress_type: 'chapters', progress: 12.5, chapters: 12.5, volumes: 3 },
      rating: { rating: 8.5, user_id: reader.id, series_id: ids[0] },
    });
    const stored = (await own.get(`/user/reading-status/id/${ids[0]}`)).body;
    expect(akira.entry.version).toBe(stored.version);
    const berserk = body.series.find(({ name }: { name: string }) => name === 'Berserk');
    expect(berserk).toMatchObject({ entry: null, rating: null });
    expect(detail).toMatchObject({
      entry: { status: 'planned', progress_type: 'volumes', progress: 1, chapters: null, volumes: 1 },
      rating: null,
    });
  });

  it('has neither without a credential, nor in other lists', async () => {
    for (const path of ['/series', `/series/${ids[0]}`, `/series?ids=${ids[0]}`]) {
      const { body } = await app.client.get(path);
      const series = body.series?.[0] ?? body;
      expect('entry' in series || 'rating' in series, path).toBe(false);
    }
  });

  it('filters by in_list, and refuses it without a credential before other errors', async () => {
    expect(await list('in_list=true', own)).toEqual(['Akira']);
    expect(await list('in_list=false', own)).toEqual(['Berserk', 'Book', 'Nomad', 'Solo']);
    expect(await list('in_list=false&tags=action&type=Manga', own)).toEqual(['Berserk']);
    expect(await list('in_list=true&search=aki&order=name-asc', own)).toEqual(['Akira']);
    expect(await list(`in_list=true&ids=${ids.join()}`, own)).toEqual(['Akira', 'Hidden']);
    expect(await list('in_list=', app.client)).toHaveLength(5);
    for (const query of ['in_list=true', 'in_list=false', 'in_list=maybe&type=x']) {
      expect((await app.client.get(`/series?${query}`)).status, query).toBe(401);
      expect((await app.client.with({ cookie: 'refreshToken=x' }).get(`/series?${query}`)).status).toBe(401);
    }
    expect((await own.get('/series?in_list=maybe')).status).toBe(400);
  });
});

describe('the further fields of a series', () => {
  it('are those of the catalog file', async () => {
    const { body } = await app.client.get(`/series/${ids[0]}`);
    expect(body).toMatchObject({
      chapters: 120,
      volume_total: 6,
      publication: 'completed',
      year: 1982,
      volume_count: 3,
    });
    expect((await app.client.get(`/series/${ids[3]}`)).body).toMatchObject({
      chapters: null,
      volume_total: null,
      publication: null,
      year: null,
      volume_count: 0,
    });
  });

  it('change with an import, and volume_count equals a recount', async () => {
    const line = {
      external_id: unique('growing'),
      name: 'Growing',
      chapters: 5,
      year: 2020,
      publication: ' ',
    };
    const volume = (order: number) => ({
      external_id: `${line.external_id}-${order}`,
      name: `${order}`,
      order,
      language: 'en',
    });
    const [id] = await app.a.series({ ...line, volumes: [volume(1)] });
    await app.a.series({ ...line, chapters: null, publication: 'hiatus', volumes: [volume(1), volume(2)] });
    expect((await app.client.get(`/series/${id}`)).body).toMatchObject({
      chapters: null,
      publication: 'hiatus',
      volume_count: 2,
    });
    // A volume that the line no longer has stays.
    await app.a.series({ ...line, volumes: [] });
    const wrong = await app.database.query(
      `select series_id from series_cards c
       where (c.parts ->> 'volume_count')::int <> (select count(*) from volumes v where v.series_id = c.series_id)`,
    );
    expect(wrong).toEqual([]);
    await app.database.query('delete from series where id = $1', [id]);
  });

  it.each([
    ['chapters', -1],
    ['chapters', 1.5],
    ['volume_total', 100_000],
    ['publication', 'ended'],
    ['year', 0],
    ['year', '1999'],
  ])('refuses a line with %s %s', async (field, value) => {
    await expect(app.a.oneSeries({ [field]: value })).rejects.toThrow(field);
  });
});

describe('GET /series/slug/:slug', () => {
  it('finds the first series that lists show, else the first one', async () => {
    const slug = unique('twice-');
    const found = await app.a.series(
      { name: 'A', slug, public: 0 },
      { name: 'B', slug },
      { name: 'C', slug },
      { name: '本 の虫' },
    );
    expect((await app.client.get(`/series/slug/${slug}`)).body).toMatchObject({ id: found[1], slug });
    expect((await app.client.get(`/series/slug/${encodeURIComponent('本-の虫')}`)).body).toMatchObject({
      id: found[3],
      ratings: expect.any(Array),
    });
    expect((await own.get(`/series/slug/akira?user_lang=de`)).body).toMatchObject({
      id: ids[0],
      alias: 'Akira auf Deutsch',
      entry: { status: 'started' },
      rating: { rating: 8.5 },
    });
    for (const unknown of ['nothing', '%00', 'AKIRA', '%F0%9F%98%80'.repeat(1000)]) {
      expect(await app.client.get(`/series/slug/${unknown}`), unknown.slice(0, 10)).toMatchObject({
        status: unknown === '%00' ? 400 : 404,
      });
    }
    await app.database.query('delete from series where id = any($1)', [found]);
  });
});

describe('GET /series/:id/volumes?language=', () => {
  it('answers the volumes in the language and their total', async () => {
    const total = async (language: string) =>
      (await app.client.get(`/series/${ids[0]}/volumes?language=${language}`)).body.total;
    expect(await total('en')).toBe(2);
    expect(await total('English')).toBe(2);
    expect(await total('JA')).toBe(1);
    expect(await total('')).toBe(3);
    expect(await total('xx')).toBe(0);
    const { body } = await app.client.get(`/series/${ids[0]}/volumes?language=en&limit=1&offset=1`);
    expect(body).toMatchObject({ total: 2, max: 2, from: 2, to: 2, volumes: [{ name: 'Volume 3' }] });
  });
});

describe('GET /catalog/facets', () => {
  const facets = async () => (await app.client.get('/catalog/facets')).body;

  it('counts what each filter finds, most frequent first', async () => {
    const body = await facets();
    expect(body.origins).toEqual([
      { key: 'Japanese', count: 3 },
      { key: 'Chinese', count: 1 },
      { key: 'Korean', count: 1 },
    ]);
    expect(body.tags).toEqual([
      { key: 'Action', count: 4 },
      { key: 'Slice, of Life', count: 2 },
      { key: 'Horror', count: 1 },
      { key: 'Sci-Fi', count: 1 },
    ]);
    expect(body.languages).toEqual([
      { key: 'ja', count: 3 },
      { key: 'de', count: 2 },
      { key: 'en', count: 1 },
      { key: 'ko', count: 1 },
    ]);
    const filters = { types: 'type', origins: 'origin', tags: 'tags', languages: 'language' };
    for (const [facet, filter] of Object.entries(filters)) {
      for (const { key, count } of body[facet]) {
        const { total } = (await app.client.get(`/series?${filter}=${encodeURIComponent(key)}&limit=1`)).body;
        expect(total, `${filter}=${key}`).toBe(count);
      }
    }
  });

  it('follows imports, and is not computed again without one', async () => {
    const before = await facets();
    const { executed, stop } = recordStatements(app.nest);
    const line = { external_id: unique('new'), name: 'New', type: 'Other', origin: 'Thai', tags: ['Folk'] };
    const [id] = await app.a.series(line);
    expect((await facets()).tags).toContainEqual({ key: 'Folk', count: 1 });
    await app.a.series({ ...line, public: 0 });
    expect(await facets()).toEqual(before);
    await app.database.query('delete from series where id = $1', [id]);
    expect(await Promise.all([facets(), facets()])).toEqual([before, before]);
    stop();
    // One for each change, also with two requests at the same time.
    expect(executed.filter(({ name }) => name === 'catalog.facets')).toHaveLength(3);
    const versions = await app.database.query('select version from catalog_version');
    await own.post(`/user/series-rating/update/${ids[0]}`, { rating: 9 });
    const again = await app.database.query('select version from catalog_version');
    expect(again).toEqual(versions);
  });

  it('does not compare versions one request after the other', async () => {
    const current = await facets();
    const held = holdFirst('catalog.version');
    const first = facets();
    await held.reached;
    expect(await facets()).toEqual(current);
    held.release();
    expect(await first).toEqual(current);
  });

  it('answers requests of the former version while a new one is computed', async () => {
    const current = await facets();
    await app.database.query('update catalog_version set version = version + 1');
    const held = holdFirst('catalog.facets');
    const first = facets();
    await held.reached;
    // As a replica that lags would say.
    await app.database.query('update catalog_version set version = version - 1');
    expect(await facets()).toEqual(current);
    held.release();
    expect(await first).toEqual(current);
  });
});

describe('view=card', () => {
  const hidden = ['description', 'aliases', 'tags', 'links'];

  it('leaves out what a card does not show, and does not read it', async () => {
    const { executed, stop } = recordStatements(app.nest);
    const lists = [
      (await app.client.get('/series?view=card&user_lang=de')).body,
      (await own.get('/series?search=akira&view=card')).body,
      (await own.get('/series?origin=japanese&view=card')).body,
      (await own.get(`/series?ids=${ids[0]}&view=card`)).body,
      (await own.get('/user/reading-history?view=card&user_lang=de')).body,
    ];
    const entry = await app.a.entry({ visibility: 'public' });
    await own.post(`/user/reading-status/update/${ids[0]}`, entry);
    lists.push((await app.client.get(`/profiles/${reader.username}/reading-history?view=card`)).body);
    stop();
    for (const { series } of lists) {
      const akira = series.find(({ id }: { id: number }) => id === ids[0]);
      expect(akira).toMatchObject({ name: 'Akira', volume_count: 3, authors: [], alias: expect.any(String) });
      expect(hidden.filter((name) => name in akira)).toEqual([]);
    }
    expect(lists[0].series[0].alias).toBe('Akira auf Deutsch');
    const pages = executed.filter(({ name }) => /\.(page|by-ids)/.test(name));
    expect(pages).toHaveLength(6);
    for (const { text } of pages) expect(text).not.toMatch(/details|description/);
  });

  it('is optional: without it, and with a blank or full one, everything is there', async () => {
    for (const query of ['', 'view=', 'view=full']) {
      const { series } = (await own.get(`/user/reading-history?${query}`)).body;
      expect(hidden.filter((name) => !(name in series[0]))).toEqual([]);
    }
  });
});

describe('caching of the catalog', () => {
  it('lets caches keep anonymous answers for a minute, by their ETag', async () => {
    const volume = (await app.client.get(`/series/${ids[0]}/volumes`)).body.volumes[0].id;
    const paths = [
      '/series?view=card',
      `/series/${ids[0]}`,
      '/series/slug/akira',
      `/series/${ids[0]}/volumes`,
      `/volumes/${volume}`,
      '/catalog/facets',
    ];
    for (const path of paths) {
      const { headers } = await app.client.get(path);
      expect(headers['cache-control'], path).toBe('public, max-age=60');
      expect(String(headers.vary).toLowerCase()).toContain('authorization, cookie');
      const etag = String(headers.etag);
      expect(etag).toMatch(/^W\/"[\w-]+"$/);
      const again = await app.client.get(path, { headers: { 'if-none-match': `"other", ${etag}` } });
      expect(again).toMatchObject({ status: 304, text: '' });
      expect(again.headers).toMatchObject({
        etag,
        'cache-control': 'public, max-age=60',
        vary: headers.vary,
      });
      expect(again.headers['content-type']).toBeUndefined();
      expect((await app.client.get(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
      for (const signedIn of [own, app.client.withCookie(reader)]) {
        const answer = await signedIn.get(path, { headers: { 'if-none-match': etag } });
        expect(answer.status, path).toBe(200);
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.headers.etag).toBeUndefined();
        expect(String(answer.headers.vary).toLowerCase()).toContain('authorization, cookie');
      }
    }
  });

  it('has another ETag when the answer changes', async () => {
    const etag = async () => (await app.client.get(`/series/${ids[0]}`)).headers.etag;
    const before = await etag();
    expect(await etag()).toBe(before);
    await own.post(`/user/series-rating/update/${ids[0]}`, { rating: 2 });
    expect(await etag()).not.toBe(before);
  });

  it('does not let caches keep errors', async () => {
    for (const path of ['/series/999999', '/series?limit=0', '/series?in_list=true']) {
      const { headers } = await app.client.get(path);
      expect(headers['cache-control'], path).toBe('no-store');
      expect(headers.etag).toBeUndefined();
    }
  });

  it('compresses what is longer than a kilobyte', async () => {
    const { text, headers } = await app.client.get('/series');
    expect(headers['content-encoding']).toBeUndefined();
    const decoders = { br: brotliDecompressSync, gzip: gunzipSync };
    for (const [encoding, decode] of Object.entries(decoders)) {
      const raw = await app.nest.inject({ url: '/series', headers: { 'accept-encoding': encoding } });
      expect(raw.headers).toMatchObject({ 'content-encoding': encoding, etag: headers.etag });
      expect(decode(raw.rawPayload).toString()).toBe(text);
    }
  });

  it('has an ETag for the document', async () => {
    const { headers } = await app.nest.inject('/openapi.json');
    const again = await app.nest.inject({
      url: '/openapi.json',
      headers: { 'if-none-match': String(headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });
});
