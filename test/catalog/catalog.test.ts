import { beforeAll, describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';

const app = appForFile();
let ids: Record<string, number>;

beforeAll(async () => {
  const lines = [
    {
      name: 'Nausicaä of the Valley',
      titles: [
        { language: 'en', title: 'Nausicaä' },
        { language: 'ja', title: '風の谷のナウシカ' },
        { title: 'Kaze no Tani no Naushika' },
      ],
      descriptions: [
        { language: 'en', text: 'A valley.' },
        { language: 'de', text: 'Ein Tal.' },
      ],
      tags: ['Adventure'],
      volumes: [
        { external_id: 'n2', name: 'Volume 2', order: 2, language: 'ja' },
        {
          external_id: 'n1',
          name: 'Volume 1',
          order: 1,
          language: 'ja',
          cover_path: 'n1.webp',
          aspect_ratio: 0.7,
        },
        { external_id: 'n1d', name: 'Volume 1', order: 1, language: 'ja', type: 'Digital' },
      ],
    },
    {
      name: '100% Orange_Juice',
      titles: [{ title: 'Ｆｕｌｌ Ｗｉｄｔｈ' }, { title: 'back\\slash' }],
      type: 'Comic',
    },
    { name: 'Ｆｕｌｌ', titles: [{ title: 'ﾊﾝｶｸ カナ' }], type: 'Novel' },
    { name: 'Øresund łódź straße', titles: [{ title: 'ΟΔΟΣ' }, { title: 'が' }], type: 'Novel' },
    { name: 'eclair', titles: [{ title: 'か' }] },
    { name: 'Éclair', titles: [] },
    { name: 'Hidden', titles: [], public: 0 },
    { name: 'nausicaa', titles: [] },
    { name: 'The nausicaa of old', titles: [] },
    { name: 'xnausicaax', titles: [] },
  ];
  const found = await app.a.series(...lines);
  ids = Object.fromEntries(lines.map((line, index) => [line.name, found[index] as number]));
});

const names = (body: { series: { name: string }[] }) => body.series.map(({ name }) => name);
const search = async (term: string) =>
  names((await app.client.get(`/series?search=${encodeURIComponent(term)}`)).body);

describe('GET /series', () => {
  it('orders public series by name, ignoring case and accents, then by id', async () => {
    const { body } = await app.client.get('/series');
    expect(names(body)).toEqual([
      '100% Orange_Juice',
      'eclair',
      'Éclair',
      'Ｆｕｌｌ',
      'nausicaa',
      'Nausicaä of the Valley',
      'Øresund łódź straße',
      'The nausicaa of old',
      'xnausicaax',
    ]);
    expect(body).toMatchObject({ max: 1, from: 1, to: 9, total: 9 });
  });

  it('orders series with equal names by ascending id, also in descending order', async () => {
    const { body } = await app.client.get('/series?order=name-desc');
    expect(names(body).slice(-3)).toEqual(['eclair', 'Éclair', '100% Orange_Juice']);
  });

  it.each(['name-asc', 'name-desc', 'added-asc', 'added-desc', 'rating-asc', 'rating-desc', 'relevance'])(
    'pages through series in order %s without overlap or gap',
    async (order) => {
      const shown: number[] = [];
      for (let offset = 0; offset < 9; offset += 2) {
        const { body } = await app.client.get(`/series?order=${order}&limit=2&offset=${offset}`);
        expect(body).toMatchObject({ max: 5, total: 9, from: offset + 1, to: Math.min(offset + 2, 9) });
        shown.push(...body.series.map(({ id }: { id: number }) => id));
      }
      expect(new Set(shown).size).toBe(9);
    },
  );

  it('returns an empty page of series for an offset beyond the end', async () => {
    const { body } = await app.client.get('/series?offset=99999999999999999999');
    expect(body).toEqual({ series: [], max: 1, from: 0, to: 0, total: 9 });
  });

  it('filters series by type and client, and returns the total of the filtered list', async () => {
    const client = await app.a.registeredClient();
    const other = await app.a.registeredClient();
    await app.a.series(
      { name: 'Mine', client: client.id, type: 'Manhua' },
      { name: 'Theirs', client: other.id, type: 'Manhua' },
    );
    const total = async (query: string) => (await app.client.get(`/series?${query}`)).body.total;
    expect(await total('type=Novel')).toBe(2);
    expect(await total('type=Manhua')).toBe(2);
    expect(await total(`type=Manhua&client=${client.id}`)).toBe(1);
    expect(await total(`type=Manhua&search=m&client=${client.id}`)).toBe(1);
    expect(await total('type=Other')).toBe(0);
    expect((await app.client.get('/series?type=Other')).body).toMatchObject({ max: 0, from: 0, to: 0 });
    for (const query of [
      'type=manga',
      'order=rank',
      'client=0',
      'client=99999',
      'client=x',
      'limit=101',
      'limit=0',
    ]) {
      expect(await app.client.get(`/series?${query}`), query).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters' },
      });
    }
    await app.database.query('update clients set enabled = false where id = $1', [client.id]);
    expect((await app.client.get(`/series?client=${client.id}`)).status).toBe(400);
  });

  it('treats blank query parameters as absent and ignores unknown ones', async () => {
    const answer = await app.client.get(
      '/series/?search=&type=&order=&client=&limit=&offset=&user_lang=&unknown=1',
    );
    expect(answer.status).toBe(200);
  });
});

describe('GET /series?search=', () => {
  it.each([
    ['NAUSICAÄ OF THE', ['Nausicaä of the Valley']],
    ['ナウシカ', ['Nausicaä of the Valley']],
    ['naushika', ['Nausicaä of the Valley']],
    ['full width', ['100% Orange_Juice']],
    ['ＦＵＬＬ　ＷＩＤＴＨ', ['100% Orange_Juice']],
    ['ハンカク', ['Ｆｕｌｌ']],
    ['0%', ['100% Orange_Juice']],
    ['%', ['100% Orange_Juice']],
    ['_', ['100% Orange_Juice']],
    ['e_J', ['100% Orange_Juice']],
    ['\\', ['100% Orange_Juice']],
    ['k\\s', ['100% Orange_Juice']],
    ['oresund', ['Øresund łódź straße']],
    ['LODZ STRASSE', ['Øresund łódź straße']],
    ['οδος', ['Øresund łódź straße']],
    ['ΟΔΟς', ['Øresund łódź straße']],
    ['が', ['Øresund łódź straße']],
    ['か', ['eclair']],
    ['谷の', ['Nausicaä of the Valley']],
    ['hidden', []],
    ['a%e', []],
    ["' or 1=1", []],
  ])('finds exactly the expected series for the search %j', async (term, expected) => {
    expect(await search(term)).toEqual(expected);
  });

  it('ranks equal names first, then name prefixes, then word prefixes, then other matches', async () => {
    expect(await search('Nausicaa')).toEqual([
      'nausicaa',
      'Nausicaä of the Valley',
      'The nausicaa of old',
      'xnausicaax',
    ]);
    expect(await search('ec')).toEqual(['eclair', 'Éclair']);
  });

  it('accepts a search of 200 characters and rejects one of 201 with 400', async () => {
    expect((await app.client.get(`/series?search=${'%F0%9F%98%80'.repeat(200)}`)).status).toBe(200);
    expect((await app.client.get(`/series?search=${'a'.repeat(201)}`)).status).toBe(400);
  });

  it('searches series by index for terms of any length', async () => {
    await app.database.query('analyze series_search');
    for (const [condition, value] of [
      [`search_text like $1`, '%naushika%'],
      ['search_grams(search_text) @> $1::text[]', '{谷}'],
    ]) {
      await app.database.query('begin');
      await app.database.query('set local enable_seqscan = off');
      const plan = await app.database.query<{ 'QUERY PLAN': string }>(
        `explain select series_id from series_search where ${condition}`.replace('$1', `'${value}'`),
      );
      await app.database.query('rollback');
      expect(plan.map((row) => row['QUERY PLAN']).join()).toMatch(/Bitmap Index Scan on series_search/);
    }
  });
});

describe('GET /series/:id', () => {
  it('returns title and description in the requested language, else in English, else the name', async () => {
    const get = async (query: string, name = 'Nausicaä of the Valley') =>
      (await app.client.get(`/series/${ids[name]}?${query}`)).body;
    expect(await get('')).toMatchObject({
      name: 'Nausicaä of the Valley',
      type: 'Manga',
      slug: 'nausicaa-of-the-valley',
      origin: 'Japanese',
      client: null,
      public: 1,
      alias: 'Nausicaä',
      aliases: ['Nausicaä', '風の谷のナウシカ', 'Kaze no Tani no Naushika'],
      description: 'A valley.',
      tags: ['Adventure'],
      volume: { cover_path: 'n1.webp', nsfw: 0, nsfw18: 0, aspect_ratio: 0.7 },
      average_rating: null,
      rating_count: 0,
      publisher_language: 'ja',
    });
    expect(await get('user_lang=JA')).toMatchObject({ alias: '風の谷のナウシカ', description: 'A valley.' });
    expect(await get('user_lang=japanese')).toMatchObject({ alias: '風の谷のナウシカ' });
    expect(await get('user_lang=German')).toMatchObject({ alias: 'Nausicaä', description: 'Ein Tal.' });
    expect(await get('user_lang=klingon')).toMatchObject({ alias: 'Nausicaä' });
    expect(await get('', 'eclair')).toMatchObject({ alias: 'eclair', description: null, volume: null });
  });

  it('returns a hidden series by its id', async () => {
    expect((await app.client.get(`/series/${ids['Hidden']}`)).body).toMatchObject({
      name: 'Hidden',
      public: 0,
    });
  });

  it('lists the volumes of a series in their order', async () => {
    const { body } = await app.client.get(`/series/${ids['Nausicaä of the Valley']}/volumes?user_lang=ja`);
    expect(body.volumes.map((volume: { name: string; type: string }) => [volume.name, volume.type])).toEqual([
      ['Volume 1', null],
      ['Volume 1', 'Digital'],
      ['Volume 2', null],
    ]);
    expect(body.volumes[0]).toMatchObject({
      slug: 'nausicaa-of-the-valley-volume-1',
      group_order: 1,
      language: 'ja',
      in_collection: false,
      collection: null,
      series: { id: ids['Nausicaä of the Valley'], alias: '風の谷のナウシカ', type: 'Manga' },
    });
    const [first] = body.volumes;
    expect((await app.client.get(`/volumes/${first.id}?user_lang=ja`)).body).toEqual(first);
    expect((await app.client.get(`/series/${ids['eclair']}/volumes`)).body).toEqual({
      volumes: [],
      max: 0,
      from: 0,
      to: 0,
      total: 0,
    });
  });

  it('answers 400 to a malformed series or volume id and 404 to an unknown one', async () => {
    for (const path of [
      '/series/0',
      '/series/x',
      '/series/1.5',
      '/series/-1',
      '/series/01',
      '/volumes/x',
      '/series/x/volumes',
    ]) {
      expect(await app.client.get(path), path).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters' },
      });
    }
    for (const path of [
      '/series/999999',
      '/series/2147483648',
      `/series/1${'0'.repeat(200)}`,
      '/series/999999/volumes',
    ]) {
      expect(await app.client.get(path), path).toMatchObject({
        status: 404,
        body: { data: 'Series not found' },
      });
    }
    expect(await app.client.get('/volumes/999999')).toMatchObject({
      status: 404,
      body: { data: 'Volume not found' },
    });
    expect(await app.client.get('/series/%20')).toMatchObject({ status: 400 });
  });

  it('serves the list of series without credentials, and rejects an invalid Bearer token with 401', async () => {
    expect((await app.client.with({ cookie: 'refreshToken=bad' }).get('/series')).status).toBe(200);
    expect((await app.client.with({ authorization: 'Bearer bad' }).get('/series')).status).toBe(401);
  });
});
