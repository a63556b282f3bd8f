import { existsSync, createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CatalogImporter, type RefusedLine } from '../src/catalog/import/catalog-importer.js';
import { PROJECT_FOLDER } from '../src/project-folder.js';
import { appForFile } from './support/app.js';
import { unique } from './support/builders.js';

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
  const report = await app.nest.get(CatalogImporter).import(source, (line) => refused.push(line));
  return { report, refused };
}

const importLines = (...lines: (object | string)[]) =>
  importBytes(
    Readable.from([
      Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
    ]),
  );

/** Every row's version: what changes when a row is written again, even with the same values. */
async function versions(): Promise<unknown[]> {
  const tables = ['series', 'series_titles', 'series_descriptions', 'volumes'];
  const parts = tables.map((table) => `select '${table}' as t, xmin::text, ctid::text from ${table}`);
  return app.database.query(parts.join(' union all '));
}

describe('the importer', () => {
  it('changes no row the second time', async () => {
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

  it('replaces what a changed line says, and keeps volumes that it leaves out', async () => {
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

  it('names each bad line and its fault, and stores the rest', async () => {
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
      aLine({ titles: [{ language: 'xx', title: 'T' }] }),
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

  it('takes the later of two lines for one series', async () => {
    const line = aLine({ name: 'Earlier' });
    const { report } = await importLines(line, { ...line, name: 'Later' });
    expect(report).toMatchObject({ series: 2, refused: 0 });
    const [row] = await app.database.query<{ name: string }>(
      'select name from series where external_id = $1',
      [line.external_id],
    );
    expect(row?.name).toBe('Later');
  });

  it('reads gzip, byte by byte, and lines without an end', async () => {
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

  it('reports bytes that are not UTF-8 and lines beyond measure', async () => {
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

  it('keeps what came before a damaged end', async () => {
    const bytes = gzipSync(`${JSON.stringify(aLine({ name: 'Before' }))}\n`.repeat(1000));
    await expect(importBytes(Readable.from([bytes.subarray(0, -20)]))).rejects.toThrow();
  });

  it('counts series exactly, however they come and go', async () => {
    await importLines(aLine({ type: 'Comic' }), aLine({ type: 'Comic', public: 0 }), aLine());
    const line = aLine({ type: 'Comic' });
    await importLines(line);
    await importLines({ ...line, type: 'Novel' });
    await app.database.query(`delete from series where external_id = $1`, [line.external_id]);
    const kept = await app.database.query('select * from series_counts where total <> 0 order by 1, 2, 3');
    const counted = await app.database.query(
      'select coalesce(client_id, 0) as client_id, type, public, count(*)::int as total from series group by 1, 2, 3 order by 1, 2, 3',
    );
    expect(kept).toEqual(counted);
  });

  it('imports the sample catalog whole', async () => {
    const { report } = await importBytes(createReadStream(`${PROJECT_FOLDER}/data/sample-catalog.ndjson`));
    expect(report.refused).toBe(0);
    expect(report.series).toBeGreaterThanOrEqual(60);
  });

  const real = `${PROJECT_FOLDER}/../shared/data/catalog-sample.ndjson.gz`;
  it.skipIf(!existsSync(real))('imports a real catalog whole', async () => {
    await app.database.query('truncate series cascade');
    expect((await importBytes(createReadStream(real))).report).toEqual({
      series: 5705,
      volumes: 9563,
      unchanged: 0,
      refused: 0,
      updated: [],
    });
    const [titles] = await app.database.query<{ count: string }>('select count(*) from series_titles');
    expect(titles?.count).toBe('18977');
  });
});
