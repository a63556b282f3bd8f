import { ByteLimit, MAX_ROWS } from './files/limits.js';
import { gzipSource, headOf, isGzip, plainSource, type Source } from './files/source.js';
import { headText } from './files/text.js';
import { isZip, type Member, membersOf } from './files/zip.js';
import type { Format } from './format.js';
import { ALL_FORMATS } from './formats.js';
import { InvalidFile, UnknownFormat } from './import-failures.js';
import type { FormatName, ImportedRow } from './imported-row.js';

/** A file whose format is known. */
export interface OpenImport {
  readonly format: FormatName;
  /** The rows, read while they are iterated, once. Iteration throws InvalidFile. */
  readonly rows: AsyncIterable<ImportedRow>;
}

/** Members of an archive whose beginning is read to find the first that is recognized. */
const MAX_TRIED_MEMBERS = 100;

/**
 * Recognizes the format of a file by its content: plain, compressed by gzip, or in a zip archive, of which the first
 * member that is recognized counts. Only the beginning is read; damage further on is found while the rows are read.
 *
 * @param format the format that the file must have; null for any
 * @throws UnknownFormat, InvalidFile
 */
export async function openImport(bytes: Buffer, format: FormatName | null): Promise<OpenImport> {
  const formats = ALL_FORMATS.filter(({ name }) => format === null || name === format);
  if (isZip(bytes)) return openArchive(await membersOf(bytes), formats);
  const source = isGzip(bytes) ? gzipSource(bytes) : plainSource(bytes);
  const found = await recognize(source, formats);
  if (!found) throw new UnknownFormat();
  return opened(found, found.rows(source));
}

async function openArchive(members: readonly Member[], formats: readonly Format[]): Promise<OpenImport> {
  const names = new Set(members.map(({ name }) => name));
  for (const format of formats) {
    if (format.archive?.recognizes(names)) return opened(format, format.archive.rows(members));
  }
  let unreadable: InvalidFile | null = null;
  for (const { source } of members.slice(0, MAX_TRIED_MEMBERS)) {
    try {
      const found = await recognize(source, formats);
      if (found) return opened(found, found.rows(source));
    } catch (error) {
      if (!(error instanceof InvalidFile)) throw error;
      unreadable ??= error;
    }
  }
  throw unreadable ?? new UnknownFormat();
}

async function recognize(source: Source, formats: readonly Format[]): Promise<Format | undefined> {
  const bytes = await headOf(source, new ByteLimit());
  if (isGzip(bytes) || isZip(bytes)) throw new InvalidFile(null, 'archive in an archive');
  const head = { bytes, text: headText(bytes) };
  return formats.find((format) => format.recognizes(head));
}

function opened(format: Format, rows: AsyncGenerator<ImportedRow>): OpenImport {
  return { format: format.name, rows: limited(rows) };
}

async function* limited(rows: AsyncGenerator<ImportedRow>): AsyncGenerator<ImportedRow> {
  let count = 0;
  for await (const row of rows) {
    count++;
    if (count > MAX_ROWS) throw new InvalidFile(row.line, `more than ${MAX_ROWS} rows`);
    yield row;
  }
}
