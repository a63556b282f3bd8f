import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import protobuf from 'protobufjs/minimal.js';

type Fields = Readonly<Record<string, string | number>>;

/** An element with elements in it; values are XML. */
function element(name: string, fields: Fields): string {
  const children = Object.entries(fields).map(([key, value]) => `<${key}>${value}</${key}>`);
  return `<${name}>${children.join('\n')}</${name}>`;
}

/** A list as MyAnimeList exports it. */
export function malXml(entries: readonly Fields[], info: Fields = { user_export_type: 2 }): string {
  const elements = [element('myinfo', info), ...entries.map((fields) => element('manga', fields))];
  return `<?xml version="1.0" encoding="UTF-8" ?>\n<myanimelist>\n${elements.join('\n')}\n</myanimelist>\n`;
}

/** AniList's export of personal data. */
export function anilistExport(lists: readonly object[], user: object = { id: 1, score_type: 1 }): string {
  return JSON.stringify({ user, lists, activity: [], favourites: [] });
}

/** A saved response of AniList's interface. */
export function anilistCollection(entries: readonly object[], user?: object): string {
  const lists = [{ name: 'Reading', isCustomList: false, status: 'CURRENT', entries }];
  return JSON.stringify({ data: { MediaListCollection: { lists, user } } });
}

/** Lines of CSV; cells with a delimiter, a quote or a line break are quoted. */
export function csv(lines: readonly (readonly (string | number)[])[], delimiter = ','): string {
  const cell = (value: string | number) => {
    const text = String(value);
    return /["\r\n,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return lines.map((cells) => `${cells.map(cell).join(delimiter)}\n`).join('');
}

/** A CSV file of records, whose columns are those of the first one. */
export function csvOf(
  records: readonly Fields[],
  columns = Object.keys(records[0] ?? {}),
  delimiter = ',',
): string {
  return csv([columns, ...records.map((record) => columns.map((column) => record[column] ?? ''))], delimiter);
}

/** A series in a backup of Mihon. */
export interface MangaSample {
  readonly source?: number;
  readonly url?: string;
  readonly title?: string;
  readonly author?: string;
  readonly favorite?: boolean;
  readonly notes?: string;
  readonly categories?: readonly number[];
  readonly chapters?: readonly { readonly number: number; readonly read: boolean }[];
  readonly tracking?: readonly {
    readonly tracker: number;
    readonly mediaId?: number;
    /** As old backups have it. */
    readonly mediaId32?: number;
    readonly title?: string;
    readonly lastChapterRead?: number;
    readonly score?: number;
    readonly status?: number;
    readonly started?: number;
    readonly finished?: number;
    readonly private?: boolean;
  }[];
}

/** A backup of Mihon, without compression. */
export function mihonBackup(
  mangas: readonly MangaSample[],
  categories: readonly { readonly name: string; readonly order: number }[] = [],
): Buffer {
  const writer = protobuf.Writer.create();
  for (const manga of mangas) writer.uint32(tag(1, 2)).bytes(mangaMessage(manga));
  for (const { name, order } of categories) {
    writer
      .uint32(tag(2, 2))
      .bytes(protobuf.Writer.create().uint32(tag(1, 2)).string(name).uint32(tag(2, 0)).int64(order).finish());
  }
  // The list of sources, which is skipped.
  writer.uint32(tag(101, 2)).string('x'.repeat(100));
  return Buffer.from(writer.finish());
}

function tag(field: number, wire: number): number {
  return (field << 3) | wire;
}

function mangaMessage(manga: MangaSample): Uint8Array {
  const writer = protobuf.Writer.create()
    .uint32(tag(1, 0))
    .int64(manga.source ?? 2_499_283_573)
    .uint32(tag(2, 2))
    .string(manga.url ?? '/series/1');
  if (manga.title !== undefined) writer.uint32(tag(3, 2)).string(manga.title);
  if (manga.author !== undefined) writer.uint32(tag(5, 2)).string(manga.author);
  writer.uint32(tag(6, 2)).string('A description, which is skipped.');
  for (const { number, read } of manga.chapters ?? []) {
    const chapter = protobuf.Writer.create()
      .uint32(tag(1, 2))
      .string(`/c/${number}`)
      .uint32(tag(2, 2))
      .string('Name');
    if (read) chapter.uint32(tag(4, 0)).bool(true);
    writer.uint32(tag(16, 2)).bytes(chapter.uint32(tag(9, 5)).float(number).finish());
  }
  for (const order of manga.categories ?? []) writer.uint32(tag(17, 0)).int64(order);
  for (const tracking of manga.tracking ?? []) writer.uint32(tag(18, 2)).bytes(trackingMessage(tracking));
  if (manga.favorite === false) writer.uint32(tag(100, 0)).bool(false);
  if (manga.notes !== undefined) writer.uint32(tag(110, 2)).string(manga.notes);
  return writer.finish();
}

function trackingMessage(tracking: NonNullable<MangaSample['tracking']>[number]): Uint8Array {
  const writer = protobuf.Writer.create()
    .uint32(tag(1, 0))
    .int32(tracking.tracker)
    .uint32(tag(2, 0))
    .int64(7);
  if (tracking.mediaId32 !== undefined) writer.uint32(tag(3, 0)).int32(tracking.mediaId32);
  if (tracking.title !== undefined) writer.uint32(tag(5, 2)).string(tracking.title);
  if (tracking.lastChapterRead !== undefined) writer.uint32(tag(6, 5)).float(tracking.lastChapterRead);
  if (tracking.score !== undefined) writer.uint32(tag(8, 5)).float(tracking.score);
  if (tracking.status !== undefined) writer.uint32(tag(9, 0)).int32(tracking.status);
  if (tracking.started !== undefined) writer.uint32(tag(10, 0)).int64(tracking.started);
  if (tracking.finished !== undefined) writer.uint32(tag(11, 0)).int64(tracking.finished);
  if (tracking.private) writer.uint32(tag(12, 0)).bool(true);
  if (tracking.mediaId !== undefined) writer.uint32(tag(100, 0)).int64(tracking.mediaId);
  return writer.finish();
}

/** A zip archive of files by their names. A size in `sizes` replaces the true one in the directory. */
export function zip(
  files: Readonly<Record<string, string | Buffer>>,
  sizes: Readonly<Record<string, number>> = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const packed = deflateRawSync(data);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(sizes[name] ?? data.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed]);
    const entry = Buffer.alloc(14);
    entry.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, entry, Buffer.from(name)]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(directory.length, 4);
  end.writeUInt16LE(directory.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, ...directory, Buffer.from('PK\x05\x06'), end]);
}

/** A gzip file of a text that is repeated. */
export function repeatedGzip(start: string, repeated: string, times: number, end = ''): Buffer {
  return gzipSync(Buffer.concat([Buffer.from(start), Buffer.from(repeated.repeat(times)), Buffer.from(end)]));
}
