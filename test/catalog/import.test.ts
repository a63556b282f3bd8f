import { existsSync, createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  CatalogImporter,
  type LineWarning,
  type RefusedLine,
} from '../../src/catalog/import/catalog-importer.js';
import { PROJECT_FOLDER } from '../../src/project-folder.js';
import { refreshReadModel } from '../support/catalog-rows.js';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';

const app = appForFile();

const aLine = (fields: Record<string, unknown> = {}) => ({
  kind: 'series',
  external_id: unique('line'),
  name: 'A series',
  type: 'Manga',
  origin: 'Japanese',
  titles: [{ language: 'en', title: 'A title' }],
  tags: ['Action'],
  ...fields,
});

async function importBytes(source: AsyncIterable<Buffer>) {
  const refused: RefusedLine[] = [];
  const warnings: LineWarning[] = [];
  const report = await app.nest.get(CatalogImporter).import(source, {
    onRefused: (line) => refused.push(line),
    onWarning: (line) => warnings.push(line),
  });
  return { report, refused, warnings };
}

const importLines = (...lines: (object | string)[]) =>
  importBytes(
    Readable.from([
      Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
    ]),
  );

/** The version of each row. PostgreSQL changes it with every write, also with one of equal values. */
async function versions(): Promise<unknown[]> {
  const tables = ['series', 'series_titles', 'series_descriptions', 'volumes'];
  const parts = tables.map((table) => `select '${table}' as t, xmin::text, ctid::text from ${table}`);
  return app.database.query(parts.join(' union all '));
}

describe('CatalogImporter', () => {
  it('writes no row when an unchanged line is imported again', async () => {
    const line = aLine({
      descriptions: [{ language: 'German', text: 'Ein Text' }],
      volumes: [{ external_id: unique('v'), name: 'Volume 1', order: 1, language: 'en' }],
    });
    expect((await importLines(line)).report).toEqual({
      series: 1,
      volumes: 1,
      unchanged: 0,
      refused: 0,
      updated: [],
    });
    const before = await versions();
    expect((await importLines(line)).report).toEqual({
      series: 0,
      volumes: 0,
      unchanged: 1,
      refused: 0,
      updated: [],
    });
    expect(await versions()).toEqual(before);
  });

  it('replaces the fields of a changed series and keeps volumes that the line omits', async () => {
    const first = unique('v');
    const line = aLine({
      titles: [{ title: 'One' }, { title: 'Two' }],
      descriptions: [
        { language: 'en', text: 'Text' },
        { language: 'de', text: 'Text' },
      ],
      volumes: [{ external_id: first, name: 'Volume 1', order: 1, language: 'en' }],
    });
    await importLines(line);
    const [found] = await app.database.query<{ id: number }>('select id from series where external_id = $1', [
      line.external_id,
    ]);
    const changed = {
      ...line,
      name: 'Renamed',
      titles: [{ title: 'Three' }],
      descriptions: [{ language: 'en', text: 'New text' }],
      volumes: [{ external_id: unique('v'), name: 'Volume 2', order: 2, language: 'en' }],
    };
    expect((await importLines(changed)).report).toMatchObject({ series: 1, volumes: 1 });
    const { body } = await app.client.get(`/series/${found?.id}`);
    expect(body).toMatchObject({ name: 'Renamed', aliases: ['Three'], description: 'New text' });
    expect((await app.client.get(`/series/${found?.id}/volumes`)).body.total).toBe(2);
    expect((await app.client.get('/series?search=renamed')).body.total).toBe(1);
  });

  it('reports number and reason of each invalid line and stores the valid ones', async () => {
    const owned = unique('v');
    const volume = { external_id: owned, name: 'Volume 1', order: 1, language: 'en' };
    await importLines(aLine({ volumes: [volume] }));
    const good = [aLine(), aLine(), aLine()];
    const { report, refused } = await importLines(
      good[0] as object,
      'not json',
      '',
      { ...aLine(), kind: 'movie' },
      aLine({ type: 'Film' }),
      aLine({ unknown: 1 }),
      aLine({ titles: 'A title' }),
      aLine({ volumes: [{ ...volume, external_id: unique('v'), language: 'xx' }] }),
      aLine({ client: 99_999 }),
      aLine({ name: '' }),
      aLine({ name: 'NUL \u0000' }),
      aLine({ volumes: [{ ...volume, external_id: unique('v'), release_date: '2023-02-29' }] }),
      aLine({ volumes: [volume] }),
      aLine({
        volumes: [
          { ...volume, external_id: 'twice' },
          { ...volume, external_id: 'twice' },
        ],
      }),
      good[1] as object,
      '[]',
      '"text"',
      good[2] as object,
    );
    expect(report).toMatchObject({ series: 3, refused: 14 });
    expect(refused.map(({ line }) => line).toSorted((one, other) => one - other)).toEqual([
      2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17,
    ]);
    const reasons = Object.fromEntries(refused.map(({ line, reason }) => [line, reason]));
    expect(reasons).toMatchObject({
      2: 'not JSON',
      8: 'unknown language "xx"',
      9: 'client 99999 is not registered',
      11: 'contains a character that cannot be stored',
      12: 'release_date 2023-02-29 does not exist',
      13: `volume ${owned} belongs to another series`,
    });
    expect(reasons[6]).toContain('unknown');
  });

  it('stores lines with blank or unknown values and warns of each value that it drops', async () => {
    const line = aLine({
      name: 'Lenient',
      nsfw: null,
      nsfw18: 1,
      slug: ' ',
      client: null,
      titles: [
        { language: null, title: 'No language' },
        { language: '', title: 'Blank' },
        { language: 'jp', title: 'Unknown' },
        { language: 'zh-Hant', title: 'Region' },
        { language: 'pt_BR', title: 'Underscore' },
        { title: ' ' },
      ],
      descriptions: [
        { language: 'pt', text: 'Primeiro' },
        { language: 'pt-BR', text: 'Segundo' },
        { language: 'zh', text: 'One' },
        { language: 'zh-hk', text: 'Two' },
        { language: 'es-la', text: 'Uno' },
        { language: 'es', text: 'Dos' },
        { language: 'xx', text: 'Unknown' },
        { language: 'de', text: '' },
        { language: null, text: 'No language' },
      ],
      tags: ['Action', '', null, 'Action'],
      authors: null,
      links: { mal: 13, anilist: '30013', kitsu: null, mangaupdates: ' ', mangadex: 'a1c7c817' },
      volumes: [
        {
          external_id: unique('v'),
          name: 'Blank',
          order: 1,
          language: 'en-US',
          isbn13: '',
          isbn10: null,
          release_date: '',
          type: ' ',
          publisher: null,
          pages: null,
          description: '',
          edition_name: null,
          cover_path: '',
          aspect_ratio: null,
          nsfw: null,
        },
        {
          external_id: unique('v'),
          name: 'Numbers',
          order: 2,
          language: 'Japanese',
          isbn13: '978-4-08-872509-3',
          isbn10: '0 8044 2957 x',
          nsfw18: 0,
        },
        {
          external_id: 'wrong-numbers',
          name: 'Wrong numbers',
          order: 3,
          language: 'ja',
          isbn13: '9784088725094',
          isbn10: '9784088725093',
        },
      ],
    });
    const { report, refused, warnings } = await importLines(line, aLine({ slug: '' }));
    expect({ report, refused }).toMatchObject({ report: { series: 2, volumes: 3 }, refused: [] });
    expect(warnings.map(({ reason }) => reason)).toEqual([
      'a title has the unknown language "jp" and is kept without one',
      'a second description in pt is left out',
      'a second description in zh is left out',
      'a second description in es is left out',
      'a description has the unknown language "xx" and is left out',
      'a description without a language is left out',
      'volume wrong-numbers: isbn10 "9784088725093" is wrong and left out',
      'volume wrong-numbers: isbn13 "9784088725094" is wrong and left out',
    ]);
    const [row] = await app.database.query<{ id: number }>('select id from series where external_id = $1', [
      line.external_id,
    ]);
    const texts = async (language: string) =>
      (await app.client.get(`/series/${row?.id}?user_lang=${language}`)).body;
    expect(await texts('pt')).toMatchObject({
      slug: 'lenient',
      nsfw: 0,
      nsfw18: 1,
      alias: 'Underscore',
      description: 'Primeiro',
      aliases: ['No language', 'Blank', 'Unknown', 'Region', 'Underscore'],
      tags: ['Action'],
      authors: [],
      links: { mal: '13', anilist: '30013', kitsu: null, mangaupdates: null, mangadex: 'a1c7c817' },
      volume: { nsfw: 0, nsfw18: 1 },
    });
    expect(await texts('es')).toMatchObject({ description: 'Uno' });
    expect(await texts('zh')).toMatchObject({ alias: 'Region', description: 'One' });
    const { body } = await app.client.get(`/series/${row?.id}/volumes`);
    expect(body.volumes).toMatchObject([
      { isbn13: null, isbn10: null, release_date: null, type: null, description: null, nsfw18: 1 },
      { isbn13: '9784088725093', isbn10: '080442957X', language: 'ja', nsfw: 0, nsfw18: 0 },
      { isbn13: null, isbn10: null, nsfw18: 1 },
    ]);
  });

  it('stores the original language by its English name, and keeps an unknown one with a warning', async () => {
    const given = ['JAPANESE', ' Japanese ', 'ja', 'ja-JP', 'jp', ' Klingon', '  '];
    const lines = given.map((origin) => aLine({ origin }));
    const { warnings, refused } = await importLines(...lines);
    const rows = await app.database.query<{ external_id: string; origin: string }>(
      'select external_id, origin from series where external_id = any ($1)',
      [lines.map((line) => line.external_id)],
    );
    const stored = Object.fromEntries(rows.map((row) => [row.external_id, row.origin]));
    expect(lines.map((line) => stored[line.external_id])).toEqual([
      'Japanese',
      'Japanese',
      'Japanese',
      'Japanese',
      'jp',
      'Klingon',
      undefined,
    ]);
    expect(warnings.map(({ reason }) => reason)).toEqual([
      'origin "jp" is an unknown language and is kept as it is',
      'origin " Klingon" is an unknown language and is kept as it is',
    ]);
    expect(refused).toMatchObject([{ reason: 'origin must not be blank' }]);
  });

  it('returns links as strings that an earlier version stored as numbers', async () => {
    const id = await app.a.oneSeries();
    await app.database.query(`update series set links = '{"mal": 13}' where id = $1`, [id]);
    await refreshReadModel(app.database, [id]);
    expect((await app.client.get(`/series/${id}`)).body.links).toEqual({
      mal: '13',
      anilist: null,
      kitsu: null,
      mangaupdates: null,
      mangadex: null,
    });
  });

  it.each([
    [{ order: '1' }, 'order'],
    [{ order: -1 }, 'order'],
    [{ order: 1.234 }, 'order'],
    [{ pages: 0 }, 'pages'],
    [{ pages: '12' }, 'pages'],
    [{ release_date: '2021-2-1' }, 'release_date'],
    [{ release_date: '2021' }, 'release_date'],
    [{ release_date: '2021-02-30' }, 'release_date'],
    [{ isbn13: 9_784_088_725_093 }, 'isbn13'],
    [{ aspect_ratio: 0 }, 'aspect_ratio'],
    [{ language: null }, 'language'],
    [{ language: '' }, 'language'],
    [{ nsfw: 2 }, 'nsfw'],
    [{ unheard_of: 1 }, 'unheard_of'],
    [{ name: null }, 'name'],
  ])('refuses the whole line when a volume has %j', async (fields, place) => {
    const { report, refused } = await importLines(
      aLine({ volumes: [{ external_id: unique('v'), name: 'V', order: 1, language: 'en', ...fields }] }),
    );
    expect(report).toMatchObject({ series: 0, volumes: 0, refused: 1 });
    expect(refused[0]?.reason).toContain(place);
  });

  it('stores the later of two lines for the same series', async () => {
    const line = aLine({ name: 'Earlier' });
    const { report } = await importLines(line, { ...line, name: 'Later' });
    expect(report).toMatchObject({ series: 2, refused: 0 });
    const [row] = await app.database.query<{ name: string }>(
      'select name from series where external_id = $1',
      [line.external_id],
    );
    expect(row?.name).toBe('Later');
  });

  it('reads gzip and plain text in chunks of one byte, and a last line without a newline', async () => {
    const bytes = gzipSync(
      `\uFEFF${JSON.stringify(aLine({ name: 'ワンピース' }))}\r\n${JSON.stringify(aLine())}`,
    );
    const single = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect((await importBytes(single)).report).toMatchObject({ series: 2, refused: 0 });
    const plain = Buffer.from(`${JSON.stringify(aLine({ name: 'ワンピース' }))}\n`);
    const chunks = Readable.from(Array.from(plain, (byte) => Buffer.from([byte])));
    expect((await importBytes(chunks)).report).toMatchObject({ series: 1, refused: 0 });
    expect((await importBytes(Readable.from([]))).report).toMatchObject({ series: 0, refused: 0 });
  });

  it('refuses lines that are not UTF-8 or too long and continues after them', async () => {
    const { report, refused } = await importBytes(
      Readable.from([
        Buffer.from([0xff, 0xfe, 10]),
        ...Array.from({ length: 6 }, () => Buffer.alloc(1024 * 1024, 'x')),
        Buffer.from(`\n${JSON.stringify(aLine())}`),
      ]),
    );
    expect(report).toMatchObject({ series: 1, refused: 2 });
    expect(refused).toMatchObject([{ line: 1, reason: 'not UTF-8' }, { line: 2 }]);
  });

  it('fails on a truncated gzip file', async () => {
    const bytes = gzipSync(`${JSON.stringify(aLine({ name: 'Before' }))}\n`.repeat(1000));
    await expect(importBytes(Readable.from([bytes.subarray(0, -20)]))).rejects.toThrow();
  });

  it('keeps the series counters equal to a recount after inserts, updates and deletions', async () => {
    await importLines(aLine({ type: 'Comic' }), aLine({ type: 'Comic', public: 0 }), aLine());
    const line = aLine({ type: 'Comic' });
    await importLines(line);
    await importLines({ ...line, type: 'Novel' });
    await app.database.query(`delete from series where external_id = $1`, [line.external_id]);
    const counters = await app.database.query(
      'select client_id, type, public, nsfw_level, total from series_counts where total <> 0 order by 1, 2, 3, 4',
    );
    const recount = await app.database.query(
      `select coalesce(client_id, 0) as client_id, type, public,
         case when nsfw18 = 1 then 2 when nsfw = 1 then 1 else 0 end as nsfw_level, count(*)::int as total
       from series group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
    );
    expect(counters).toEqual(recount);
  });

  it('imports every line of the sample catalog', async () => {
    const { report } = await importBytes(createReadStream(`${PROJECT_FOLDER}/data/sample-catalog.ndjson`));
    expect(report.refused).toBe(0);
    expect(report.series).toBeGreaterThanOrEqual(60);
  });

  const real = `${PROJECT_FOLDER}/../shared/data/catalog-sample.ndjson.gz`;
  it.skipIf(!existsSync(real))('imports every line of a real catalog', async () => {
    await app.database.query('truncate series cascade');
    expect((await importBytes(createReadStream(real))).report).toEqual({
      series: 5705,
      volumes: 9563,
      unchanged: 0,
      refused: 0,
      updated: [],
    });
    const [titles] = await app.database.query<{ count: string }>('select count(*) from series_titles');
    expect(titles?.count).toBe(18977);
  });
});
