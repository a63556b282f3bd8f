import { beforeAll, describe, expect, it } from 'vitest';
import { compact, fold, FOLDING_VERSION, searchTerm } from '../../src/search/fold.js';
import { SearchFolding } from '../../src/search/search-folding.js';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';

const app = appForFile();

/** A title, then spellings that must find it. */
const SPELLINGS: readonly (readonly [title: string, ...searches: string[]])[] = [
  ['EDEN’S ZERO', "EDEN'S ZERO", 'edens zero', 'eden′s', 'EDENʼS', 'eden`s', '＇s zero', 'edenszero'],
  ["Komi Can't Communicate", 'Komi Can’t Communicate', 'komi can‘t', 'komi cant'],
  ['姫様“拷問”の時間です', '姫様"拷問"の時間です', '„拷問”', '«拷問»', '姫様拷問の', '＂拷問＂'],
  ['‘Quoted’ Zephyr', "'quoted' zephyr", 'quoted zephyr', "'quoted'"],
  ['SPY×FAMILY', 'spyxfamily', 'spy x family', 'SPYXFAMILY', 'ｓｐｙ×ｆａｍｉｌｙ'],
  ['ホリデイラブ 〜夫婦間恋愛〜', '～夫婦間恋愛～', '~夫婦間恋愛~', '〰夫婦間', '夫婦間恋愛'],
  ['無職転生 ～異世界行ったら本気だす～', '無職転生 〜異世界', '無職転生 ~異世界', '無職転生異世界'],
  ['異骸‐THE PLAY DEAD/ALIVE-', '異骸-THE PLAY', '異骸—the play', '異骸−the', 'dead⁄alive'],
  ['Silver Fang – The Shooting Star Gin –', 'Fang - The Shooting', 'fang ― the', 'fang‑the', 'fang ﹣ the'],
  ['Horizontal ― Bar', '- bar', 'horizontal - bar', 'horizontal bar'],
  ['كِتَاب', 'كتاب', 'كـتاب'],
  ['أكل', 'اكل', 'إكل', 'آكل', 'ٱكل'],
  ['שָׁלוֹם', 'שלום'],
  ['צה״ל', 'צה"ל'],
  ['I ❤ You', 'I ❤️ You', 'i ❤', 'i you'],
  ['You ❤️ Me', 'You ❤ Me'],
  ['ダイエット', 'タ゛イエット', 'ﾀﾞｲｴｯﾄ', 'ダイエット'.normalize('NFD')],
  ['パピヨン', 'ハ゜ヒ゜ヨン', 'ﾊﾟﾋﾟﾖﾝ'],
  ['Special \u200bDuty \u200bRoaring', 'special duty roaring'],
  ['Ninja\u200bMan \u200bof Fire', 'ninja man of fire', 'ninjaman of fire'],
  ['Onigiri Piece', 'onigiri\u00ad piece', 'onigiri piece\u200b', 'oni\u2060giri', '\ufeffonigiri'],
  ['Wait…', 'wait...', 'wait⋯', 'wait'],
  ['GROẞE HITZE', 'grosse hitze', 'große hitze'],
  ['Ætheling Straße Łódź', 'aetheling strasse lodz', 'ÆTHELING STRASSE ŁÓDŹ'],
  ['Ὀδυσσεύς Σεισμός', 'ΟΔΥΣΣΕΥΣ', 'οδυσσευσ σεισμος'],
  ['İstanbul Ilgaz', 'istanbul', 'ISTANBUL ILGAZ'],
  ['Wide\u3000Space\u00a0Here', 'wide space here', 'wide  space\there'],
  ['A・B・CDE', 'a・b・cde', 'abcde', 'ａ･ｂ･ｃｄｅ'],
  ['R.O.D: Read or Die', 'rod read or die', 'r.o.d'],
  ['WーORLD', 'w-orld', 'world'],
];
const total = async (search: string, path = '/series?', client = app.client) =>
  (await client.get(`${path}search=${encodeURIComponent(search)}`)).body.total as number;

let reader: TestUser;
let clientId: number;
const ids = new Map<string, number>();

beforeAll(async () => {
  reader = await app.a.user();
  clientId = await app.a.clientId();
  const lines = SPELLINGS.map(([title], index) => ({
    name: `Row ${index}`,
    titles: [{ title }],
    volumes: [{ external_id: `v-${index}`, name: 'One', order: 1, language: 'en' }],
  }));
  const series = await app.a.series(...lines);
  const client = app.client.as(reader);
  const entry = await app.a.entry({ visibility: 'public' });
  for (const [index, [title]] of SPELLINGS.entries()) {
    const id = series[index] as number;
    ids.set(title, id);
    expect((await client.post(`/user/reading-status/add/${id}`, entry)).status).toBe(200);
  }
  await app.database.query(
    `insert into collection_items (user_id, volume_id, series_id, client_id, price, currency, buy_date, series_name, group_order)
     select $1, v.id, s.id, $2, 0, 'EUR', '2024-01-01', s.name, 1 from volumes v join series s on s.id = v.series_id`,
    [reader.id, clientId],
  );
});

describe('Search in every list of series', () => {
  const lists = () =>
    [
      ['/series?', app.client],
      ['/user/reading-history?', app.client.as(reader)],
      [`/profiles/${reader.username}/reading-history?`, app.client],
      [`/user/collection?client=${clientId}&`, app.client.as(reader)],
    ] as const;

  it.each(SPELLINGS)('finds %s by each of its spellings', async (title, ...searches) => {
    for (const [path, client] of lists()) {
      for (const search of [title, ...searches]) {
        const { body } = await client.get(`${path}search=${encodeURIComponent(search)}&limit=100`);
        const found = (body.series ?? body.volumes.map((volume: { series: object }) => volume.series)).map(
          ({ id }: { id: number }) => id,
        );
        expect(found, `${path} ${search}`).toContain(ids.get(title));
      }
    }
  });

  it.each(['´', '\u0301', '¨', '\u200b', '\u00ad', '\ufe0f', '´ ¨'])(
    'finds no series for %j, which folding reduces to nothing',
    async (search) => {
      for (const [path, client] of lists()) expect(await total(search, path, client), path).toBe(0);
    },
  );

  it.each(['', ' ', '\u3000', '\u00a0\t'])('treats the blank search %j as absent', async (search) => {
    for (const [path, client] of lists())
      expect(await total(search, path, client), path).toBe(SPELLINGS.length);
  });

  it('distinguishes ハ from バ and treats wildcards as literal characters', async () => {
    const [id] = await app.a.series({ name: 'バビブ' });
    const found = async (search: string) =>
      (await app.client.get(`/series?search=${encodeURIComponent(search)}&limit=100`)).body.series.map(
        (series: { id: number }) => series.id,
      );
    expect(await found('ハビブ')).not.toContain(id);
    expect(await found('ハ')).not.toContain(id);
    expect(await found('バ')).toContain(id);
    for (const search of ['%', '_', '\\', '%%', 'r_w 1']) expect(await total(search), search).toBe(0);
  });

  it('ignores punctuation only if nothing else matches and at least three letters remain', async () => {
    await app.a.series({ name: 'Quick-Silver' }, { name: 'Quicksilver Two' }, { name: 'N-o' });
    const names = async (query: string) =>
      (await app.client.get(`/series?${query}`)).body.series.map(({ name }: { name: string }) => name);
    expect(await names('search=quicksilver')).toEqual(['Quicksilver Two']);
    expect(await names('search=quick.silver&order=name-desc')).toEqual(['Quicksilver Two', 'Quick-Silver']);
    expect(await names('search=quick-silver')).toEqual(['Quick-Silver']);
    expect(await names('search=n.o')).toEqual([]);
    // A page beyond the end keeps the first comparison and does not fall back to the second.
    expect((await app.client.get('/series?search=quicksilver&offset=5')).body).toMatchObject({
      series: [],
      total: 1,
    });
    // Other filters apply first: no series of this type matches with punctuation.
    await app.a.series({ name: 'Quick.Silver', type: 'Comic' });
    expect(await names('search=quicksilver&type=Comic')).toEqual(['Quick.Silver']);
  });

  it('finds volumes by ISBN in its usual notations', async () => {
    await app.a.series({
      name: 'Numbered',
      volumes: [
        { external_id: 'v-isbn', name: 'One', order: 1, language: 'ja', isbn13: '9784088725093' },
        { external_id: 'v-isbn10', name: 'Two', order: 2, language: 'en', isbn10: '080442957X' },
      ],
    });
    const volumes = await app.database.query<{ id: number }>(
      `select id from volumes where external_id like 'v-isbn%' order by external_id`,
    );
    const client = app.client.as(reader);
    for (const { id } of volumes) await client.post(`/user/collection/add/${id}`, { client: clientId });
    const path = `/user/collection?client=${clientId}&`;
    for (const search of [
      'ISBN 978-4-08-872509-3',
      'ISBN-13: 9784088725093',
      'isbn:9784088725093',
      '="9784088725093"',
      '９７８４０８８７２５０９３',
      '978‐4‐08‐872509‐3',
      '4-08-872509-3',
      'ISBN-10: 4088725093',
      '978 4 08 872509 3.',
      '\u200b9784088725093',
      'ISBN-10 0-8044-2957-x',
      'isbn 9780804429573',
    ]) {
      expect(await total(search, path, client), search).toBe(1);
    }
  });
});

describe('GET /admin/users?search=', () => {
  it('finds users with the same folding as series', async () => {
    const admin = app.client.as(await app.a.administrator());
    const user = await app.a.user({ username: 'seek_o-neil' });
    await app.client.as(user).put('/users/current', { first_name: 'Seán', last_name: "O'Neil-Öz" });
    for (const search of ['o’neil‐oz', 'sean oneil', 'seekoneil', 'SEÁN O‘NEIL', 'seek_o−neil'])
      expect(await total(search, '/admin/users?', admin), search).toBe(1);
    expect(await total('´', '/admin/users?', admin)).toBe(0);
  });
});

describe('SearchFolding.refresh', () => {
  it('folds stored texts again after an upgrade changes the folding', async () => {
    await app.database.query(
      `update series_search set search_text = E'\\nstale\\n', search_compact = '';
       update volume_search set search_text = 'stale'`,
    );
    await app.database.query(`update users set search_text = 'stale', search_compact = ''`);
    await app.database.query('delete from search_folding');
    expect(await total('EDEN’S ZERO')).toBe(0);
    await app.nest.get(SearchFolding).refresh();
    expect(await total("EDEN'S ZERO")).toBe(1);
    expect(await total('edenszero')).toBe(1);
    const admin = app.client.as(await app.a.administrator());
    expect(await total(reader.username, '/admin/users?', admin)).toBe(1);
    const [row] = await app.database.query<{ version: number }>('select version from search_folding');
    expect(row?.version).toBe(FOLDING_VERSION);
    const [stale] = await app.database.query<{ count: number }>(
      `select count(*)::int as count from volume_search where search_text = 'stale'`,
    );
    expect(stale?.count).toBe(0);
  });
});

describe('fold', () => {
  it.each(SPELLINGS)('folds %s idempotently', (...texts) => {
    for (const text of texts) expect(fold(fold(text))).toBe(fold(text));
  });

  it('keeps different letters distinct', () => {
    expect(fold('ؤ')).not.toBe(fold('و'));
    expect(fold('ئ')).not.toBe(fold('ي'));
    expect(fold('ラーメン')).toBe('ラーメン');
    expect(fold('й')).toBe(fold('и'));
  });

  it('returns a compact search term only if at least three letters remain', () => {
    expect(searchTerm(' ')).toBeNull();
    expect(searchTerm('a-b')).toEqual({ text: 'a-b', compact: null });
    expect(searchTerm('a-b-c')).toEqual({ text: 'a-b-c', compact: 'abc' });
    expect(compact(fold('【推しの子】'))).toBe('推しの子');
  });
});
