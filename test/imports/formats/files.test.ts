import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../../../src/imports/formats/files/limits.js';
import { InvalidFile, UnknownFormat } from '../../../src/imports/formats/import-failures.js';
import { openImport } from '../../../src/imports/formats/read-import.js';
import {
  anilistCollection,
  csvOf,
  malXml,
  mihonBackup,
  repeatedGzip,
  zip,
} from '../../support/import-samples.js';
import { allOf, readRows } from '../../support/imported-rows.js';

const TITLE = 'Café “ベルセルク” & Söhne';
const MAL = malXml([{ manga_mangadb_id: 2, manga_title: TITLE.replace('&', '&amp;'), my_status: 'Reading' }]);
const YAMTRACK = csvOf([
  { media_id: '2', media_type: 'manga', source: 'mal', title: TITLE, status: 'Paused' },
]);
const ANILIST = anilistCollection([{ mediaId: 2, media: { title: { romaji: TITLE } } }]);

const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();

/** A text in Windows-1252, as far as the samples need it. */
function windows1252(text: string): Buffer {
  const codes: Readonly<Record<string, number>> = { '“': 0x93, '”': 0x94, '€': 0x80 };
  return Buffer.from([...text].map((character) => codes[character] ?? character.charCodeAt(0)));
}

async function titlesOf(content: string | Buffer): Promise<string[]> {
  return (await readRows(content)).rows.map(({ source }) => source.title);
}

describe('encodings of imported files', () => {
  it.each([
    ['MyAnimeList', MAL],
    ['Yamtrack', YAMTRACK],
    ['AniList', ANILIST],
  ])('reads a file of %s in every encoding', async (_, text) => {
    expect(await titlesOf(text)).toEqual([TITLE]);
    expect(await titlesOf(`\ufeff${text}`)).toEqual([TITLE]);
    expect(await titlesOf(utf16le(`\ufeff${text}`))).toEqual([TITLE]);
    expect(await titlesOf(utf16be(`\ufeff${text}`))).toEqual([TITLE]);
    expect(await titlesOf(utf16le(text))).toEqual([TITLE]);
    expect(await titlesOf(utf16be(text))).toEqual([TITLE]);
    const western = TITLE.replace('ベルセルク', '€');
    expect(await titlesOf(windows1252(text.replace('ベルセルク', '€')))).toEqual([western]);
  });

  it('keeps UTF-8 with a few damaged characters', async () => {
    const bytes = Buffer.from(MAL.replace('Café', 'Caf?'));
    bytes[bytes.indexOf('?', bytes.indexOf('Caf'))] = 0xe9;
    expect(await titlesOf(bytes)).toEqual([TITLE.replace('é', '\ufffd')]);
  });

  it('finds out the encoding by what is far behind the beginning', async () => {
    const many = malXml([
      ...Array.from({ length: 2_000 }, (_, index) => ({ manga_title: `Series ${index}` })),
      { manga_title: 'Café' },
    ]);
    expect((await titlesOf(windows1252(many))).at(-1)).toBe('Café');
    expect((await titlesOf(many)).at(-1)).toBe('Café');
  });
});

describe('archives', () => {
  it('reads gzip', async () => {
    expect(await titlesOf(gzipSync(MAL))).toEqual([TITLE]);
    expect(await titlesOf(gzipSync(utf16le(`\ufeff${YAMTRACK}`)))).toEqual([TITLE]);
  });

  it('reads the first member of a zip archive that is recognized', async () => {
    const archive = zip({
      'readme.txt': 'This is my list.',
      '__MACOSX/._list.xml': MAL,
      'photo.jpg': Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      'older.gz': gzipSync('x'),
      'list/manga.csv': YAMTRACK,
      'list/manga.xml': MAL,
    });
    expect(await readRows(archive)).toMatchObject({
      format: 'yamtrack',
      rows: [{ source: { title: TITLE } }],
    });
    expect(await readRows(archive, 'myanimelist')).toMatchObject({ format: 'myanimelist' });
  });

  it.each([
    ['gzip in gzip', gzipSync(gzipSync(MAL))],
    ['zip in gzip', gzipSync(zip({ 'list.xml': MAL }))],
    ['zip in zip', zip({ 'list.zip': zip({ 'list.xml': MAL }) })],
    ['gzip in zip', zip({ 'list.xml.gz': gzipSync(MAL) })],
  ])('refuses %s', async (_, content) => {
    await expect(readRows(content)).rejects.toMatchObject({ message: 'archive in an archive' });
  });

  it.each([
    ['gzip without its end', gzipSync(MAL).subarray(0, -12)],
    ['gzip with a wrong checksum', Buffer.concat([gzipSync(MAL).subarray(0, -8), Buffer.alloc(8)])],
    ['zip without its directory', zip({ 'list.xml': MAL }).subarray(0, -40)],
    ['zip with a damaged member', damagedZip()],
    ['zip with a wrong size', zip({ 'list.xml': MAL }, { 'list.xml': 10 })],
  ])('refuses %s', async (_, content) => {
    await expect(readRows(content)).rejects.toBeInstanceOf(InvalidFile);
  });

  function damagedZip(): Buffer {
    const archive = zip({ 'list.xml': MAL });
    archive.fill(0xff, 40, 60);
    return archive;
  }
});

describe('unknown files', () => {
  it.each([
    ['nothing', ''],
    ['a text', 'Dear reader,\n\nmy list is lost.\n'],
    ['another CSV file', 'a,b,c\n1,2,3\n'],
    ['another JSON file', '{"version":2,"mangas":[]}'],
    ['a JSON array', '[1,2]'],
    ['HTML', '<!doctype html><html><body>Not signed in</body></html>'],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ['a blank line and a text', `\n${'<'.repeat(200)}`],
    ['gzip of a text', gzipSync('Dear reader')],
    ['gzip of nothing', gzipSync('')],
    ['a zip archive without members', zip({})],
    ['a zip archive of pictures', zip({ 'a.png': Buffer.from([0x89, 0x50, 0x4e, 0x47]) })],
  ])('does not recognize %s', async (_, content) => {
    await expect(openImport(Buffer.from(content), null)).rejects.toBeInstanceOf(UnknownFormat);
  });

  it('does not take a file for another format than the one that is named', async () => {
    await expect(openImport(Buffer.from(MAL), 'anilist')).rejects.toBeInstanceOf(UnknownFormat);
    expect((await openImport(Buffer.from(MAL), 'myanimelist')).format).toBe('myanimelist');
  });
});

const MEGABYTE = 1_048_576;

const HEAD = '<myanimelist><myinfo></myinfo>';

/** Files that shall cost time or memory. Each is recognized, and fails while its rows are read. */
const HOSTILE: readonly (readonly [string, () => string | Buffer, { line?: unknown; message?: RegExp }])[] = [
  [
    'entities that multiply',
    () =>
      `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>\n${MAL.slice(MAL.indexOf('<my'))}`,
    { line: 1, message: /document type/ },
  ],
  [
    'an entity that reads a file',
    () =>
      `<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>${HEAD}<manga><manga_title>&a;</manga_title></manga>`,
    { line: 1, message: /document type/ },
  ],
  [
    'a document type without entities',
    () => `<!DOCTYPE myanimelist>${MAL.slice(MAL.indexOf('<my'))}`,
    { line: 1 },
  ],
  ['a declaration in the list', () => `${HEAD}\n<!ELEMENT a>`, { line: 2 }],
  [
    'a gzip bomb of XML',
    () => repeatedGzip(HEAD, ' '.repeat(1_000), 101_000),
    { message: /bytes of plain text/ },
  ],
  [
    'a gzip bomb of JSON',
    () => repeatedGzip('{"lists":[],"x":[', '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa",'.repeat(32), 101_000),
    { message: /bytes of plain text/ },
  ],
  [
    'a gzip bomb of a backup',
    () =>
      gzipSync(
        Buffer.concat([mihonBackup([{}]), ...Array.from({ length: 110 }, () => skippedField(MEGABYTE))]),
      ),
    { message: /bytes of plain text/ },
  ],
  [
    'a zip bomb',
    () => zip({ 'list.xml': `${HEAD}${' '.repeat(101_000_000)}</myanimelist>` }),
    { message: /bytes of plain text/ },
  ],
  [
    'an own archive that is a bomb as a whole',
    () => {
      const lines = `${JSON.stringify({ notes: 'x'.repeat(100_000) })}\n`.repeat(600);
      return zip({ 'entries.jsonl': lines, 'items.jsonl': lines, 'manifest.json': '{}' });
    },
    { message: /bytes of plain text/ },
  ],
  [
    'lines without content',
    () => zip({ 'entries.jsonl': '\n'.repeat(60_000_000), 'manifest.json': '{}' }),
    { line: 200_001, message: /lines/ },
  ],
  ['elements that are nested', () => `${HEAD}\n${'<a>'.repeat(100_000)}`, { line: 2, message: /nested/ }],
  [
    'an element with many attributes',
    () => `${HEAD}<manga ${Array.from({ length: 10_000 }, (_, index) => `a${index}="1"`).join(' ')}>`,
    { line: 1, message: /attributes/ },
  ],
  [
    'a series with many elements',
    () => `${HEAD}<manga>${Array.from({ length: 10_000 }, (_, index) => `<a${index}/>`).join('')}</manga>`,
    { line: 1, message: /elements/ },
  ],
  [
    'a series with one element many times',
    () => `${HEAD}\n<manga>${'<a/>'.repeat(10_000)}`,
    { line: 2, message: /elements/ },
  ],
  ['millions of elements', () => repeatedGzip(HEAD, '<a/>', 3_100_000), { line: 1, message: /elements/ }],
  [
    'an element of megabytes',
    () => `${HEAD}\n<manga><my_comments>${'a'.repeat(2 * MEGABYTE)}</my_comments></manga></myanimelist>`,
    { line: 2, message: /too long/ },
  ],
  [
    'CDATA of megabytes',
    () =>
      `${HEAD}\n<manga><my_comments><![CDATA[${'a'.repeat(2 * MEGABYTE)}]]></my_comments></manga></myanimelist>`,
    { line: 2, message: /too long/ },
  ],
  [
    'a comment of megabytes',
    () => `${HEAD}\n<!--${'a'.repeat(2 * MEGABYTE)}`,
    { line: 2, message: /buffer/ },
  ],
  ['a name of megabytes', () => `${HEAD}\n<${'a'.repeat(2 * MEGABYTE)}`, { line: 2, message: /buffer/ }],
  ['a list without its end', () => MAL.trimEnd().slice(0, -20), { line: 6 }],
  ['tags that do not match', () => MAL.replace('</manga>', '</anime>'), { line: 6 }],
  [
    'more than 50,000 series',
    () => malXml(Array.from({ length: 50_001 }, () => ({ my_score: 1 }))),
    { line: 50_004, message: /50000 rows/ },
  ],
  [
    'a cell of megabytes',
    () => `${YAMTRACK}2,manga,mal,"${'a'.repeat(1.5 * MEGABYTE)}",Paused\n`,
    { line: 3 },
  ],
  [
    'a quote without an end',
    () => `${YAMTRACK}2,manga,mal,"${'a\n'.repeat(3 * MEGABYTE)}`,
    { line: expect.any(Number) },
  ],
  ['a record of delimiters', () => `${YAMTRACK}${','.repeat(20 * MEGABYTE)}`, { message: /too long/ }],
  [
    'a record of a million cells',
    () => `${YAMTRACK}${','.repeat(MEGABYTE)}\n`,
    { line: 3, message: /many cells/ },
  ],
  ['lines without cells', () => `${YAMTRACK}${'\n'.repeat(20 * MEGABYTE)}`, { message: /too long/ }],
  [
    'more than 50,000 lines',
    () => `${YAMTRACK}${'2,manga,mal,Title,Paused\n'.repeat(50_000)}`,
    { line: 50_002, message: /50000 rows/ },
  ],
  ['arrays that are nested', () => `{"lists":[\n${'['.repeat(100_000)}`, { line: 2, message: /nested/ }],
  [
    'nesting in an entry',
    () => `{"lists":[\n{"entries":[{"a":${'['.repeat(100)}`,
    { line: 2, message: /nested/ },
  ],
  [
    'a string of megabytes',
    () => `{"lists":[\n"${'a'.repeat(3 * MEGABYTE)}"]}`,
    { line: 2, message: /too long/ },
  ],
  [
    'a key of megabytes',
    () => `{"lists":[],\n"${'a'.repeat(3 * MEGABYTE)}":1}`,
    { line: 2, message: /too long/ },
  ],
  [
    'millions of values',
    () => repeatedGzip('{"lists":[],"x":[', '1,', 10_100_000),
    { line: 1, message: /values/ },
  ],
  [
    'an entry of megabytes',
    () => `{"lists":[{"series_id":1,"a":[${'1,'.repeat(MEGABYTE)}1]}]}`,
    { line: 1, message: /too long/ },
  ],
  [
    'more than 50,000 entries',
    () => `{"lists":[${'{"series_id":1},'.repeat(50_001)}{}]}`,
    { line: null, message: /50000 rows/ },
  ],
  [
    'a line of megabytes',
    () => zip({ 'entries.jsonl': `{}\n"${'a'.repeat(9 * MEGABYTE)}"`, 'manifest.json': '{}' }),
    { line: 2, message: /too long/ },
  ],
  [
    'a series of megabytes',
    () => mihonBackup([{ title: 'a'.repeat(9 * MEGABYTE) }]),
    { message: /too long/ },
  ],
  [
    'more than 50,000 series in a backup',
    () => gzipSync(mihonBackup(Array.from({ length: 50_001 }, () => ({})))),
    { message: /50000 rows/ },
  ],
  [
    'a message that claims to be longer than it is',
    () => Buffer.from([0x0a, 0x20, 0x08, 0x01, 0x12, 0x7f, ...Array<number>(28).fill(0)]),
    { message: /damaged|incomplete/ },
  ],
];

/** A field of a backup that an import skips. */
function skippedField(length: number): Buffer {
  const header = Buffer.from([
    0xaa,
    0x06,
    0x80 | (length & 0x7f),
    0x80 | ((length >> 7) & 0x7f),
    (length >> 14) & 0x7f,
  ]);
  return Buffer.concat([header, Buffer.alloc(length)]);
}

describe('hostile files', () => {
  it.each(HOSTILE)('refuses %s', async (_, content, { line, message }) => {
    const { rows } = await openImport(Buffer.from(content()), null);
    const error: unknown = await allOf(rows).then(
      () => null,
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(InvalidFile);
    expect(error).toMatchObject({
      ...(line === undefined ? {} : { line }),
      ...(message === undefined ? {} : { message: expect.stringMatching(message) }),
    });
  });

  it('lets the event loop run while a large file is read', async () => {
    const entries = Array.from({ length: 20_000 }, (_, index) => ({
      manga_title: `Series ${index}`,
      my_score: 5,
    }));
    // Not compressed: zlib's threads would give turns of their own.
    const bytes = Buffer.from(malXml(entries));
    const { rows } = await openImport(bytes, null);
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns++;
      if (!isDone) setImmediate(turn);
    };
    setImmediate(turn);
    expect(await allOf(rows)).toHaveLength(20_000);
    isDone = true;
    // Twice through the file: for the encoding, and for the rows.
    expect(turns).toBeGreaterThanOrEqual(2 * Math.floor(bytes.length / CHUNK_BYTES));
  });

  it('stops reading when the reader of the rows does', async () => {
    const { rows } = await openImport(
      gzipSync(malXml(Array.from({ length: 20_000 }, () => ({ my_score: 1 })))),
      null,
    );
    for await (const row of rows) {
      expect(row.line).toBe(4);
      break;
    }
    expect(await allOf(rows)).toEqual([]);
  });
});
