import { pipeline } from 'node:stream/promises';
import { CsvError, type Info, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { MAX_CELL, MAX_RECORD } from '../files/limits.js';
import { InvalidFile } from '../import-failures.js';

/** A record of a CSV file with a header. */
export interface CsvRecord {
  readonly line: number;
  /** The cell of a column, by its name in lower case; empty if there is none. */
  readonly cell: (column: string) => string;
  readonly has: (column: string) => boolean;
}

export interface CsvHeader {
  /** In lower case. */
  readonly columns: ReadonlySet<string>;
  readonly delimiter: string;
  /** Lines before the header: spreadsheets write `sep=;`. */
  readonly skippedLines: number;
}

/** Cells of a record; the formats have up to 35. */
const MAX_CELLS = 1_000;

const DELIMITERS = [',', ';', '\t'];

/** Whether the first record of a text names these columns. */
export function hasColumns(text: string, names: readonly string[]): boolean {
  const columns = csvHeader(text)?.columns;
  return columns !== undefined && names.every((name) => columns.has(name));
}

/** The header of a CSV file that begins with a text; null if its first line has no columns. */
function csvHeader(text: string): CsvHeader | null {
  const lines = text.split(/\r\n|\n|\r/, 2);
  const separator = /^"?sep=(.)"?$/i.exec(lines[0] ?? '');
  const line = separator ? lines[1] : lines[0];
  if (!line || line.length > 10_000) return null;
  for (const delimiter of separator?.[1] ? [separator[1]] : DELIMITERS) {
    const cells = cellsOfLine(line, delimiter);
    if (cells.length > 1) {
      return { columns: new Set(cells.map(columnName)), delimiter, skippedLines: separator ? 1 : 0 };
    }
  }
  return null;
}

/**
 * The records of a CSV file behind its header.
 *
 * @throws InvalidFile
 */
export async function* csvRecords(text: AsyncIterable<string>): AsyncGenerator<CsvRecord> {
  const [head, whole] = await withHead(text);
  const header = csvHeader(head);
  if (!header) return;
  const size = new RecordSize();
  const parser = parse({
    ...options(header.delimiter),
    from_line: header.skippedLines + 1,
    max_record_size: MAX_RECORD,
    info: true,
    on_record: (record: string[]) => {
      size.endRecord();
      return record;
    },
  });
  // The iteration below receives the error.
  pipeline(size.count(whole), parser).catch(() => undefined);
  let columns: Map<string, number> | null = null;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const cells = unfolded(record, header, info.lines);
      if (columns) yield csvRecord(cells, columns, info.lines);
      else columns = new Map(cells.map((name, index) => [columnName(name), index]));
    }
  } catch (error) {
    throw failure(error);
  }
}

function options(delimiter: string): Options {
  return { delimiter, bom: true, relax_quotes: true, relax_column_count: true, skip_empty_lines: true };
}

/** The beginning of a text, and the whole text. */
async function withHead(text: AsyncIterable<string>): Promise<[string, AsyncGenerator<string>]> {
  const pieces = text[Symbol.asyncIterator]();
  let head = '';
  // The header is a line of a few hundred characters; the first pieces are more, or all.
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    head += next.value;
    if (head.length > 10_000) break;
  }
  return [
    head,
    (async function* () {
      try {
        yield head;
        for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
      } finally {
        await pieces.return?.();
      }
    })(),
  ];
}

/** Refuses a record without an end, which could consist of delimiters only. */
class RecordSize {
  private length = 0;

  async *count(text: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of text) {
      this.length += piece.length;
      if (this.length > 2 * MAX_RECORD) throw new InvalidFile(null, 'a record is too long');
      yield piece;
    }
  }

  endRecord(): void {
    this.length = 0;
  }
}

/**
 * The cells of a record. A line that is one cell has been quoted twice, which happens when a spreadsheet opens a CSV
 * file with another delimiter and saves it.
 */
function unfolded(record: string[], { columns, delimiter }: CsvHeader, line: number): string[] {
  const [only] = record;
  const isFolded = record.length === 1 && columns.size > 1 && only?.includes(delimiter);
  const cells = isFolded ? cellsOfLine(only ?? '', delimiter) : record;
  if (cells.length > MAX_CELLS) throw new InvalidFile(line, 'a record has too many cells');
  if (cells.some((cell) => cell.length > MAX_CELL)) throw new InvalidFile(line, 'a cell is too long');
  return cells;
}

/** The cells of a line, also of one that has been quoted twice. */
function cellsOfLine(line: string, delimiter: string): string[] {
  try {
    const [cells = []] = parseAtOnce(line, options(delimiter)) as unknown as string[][];
    const [only] = cells;
    return cells.length === 1 && only !== line && only?.includes(delimiter)
      ? cellsOfLine(only, delimiter)
      : cells;
  } catch (error) {
    if (error instanceof CsvError) return [];
    throw error;
  }
}

function csvRecord(cells: string[], columns: ReadonlyMap<string, number>, lastLine: number): CsvRecord {
  const breaks = cells.reduce((total, cell) => total + cell.split('\n').length - 1, 0);
  return {
    line: lastLine - breaks,
    cell: (column) => cells[columns.get(column) ?? -1] ?? '',
    has: (column) => columns.has(column),
  };
}

function columnName(cell: string): string {
  return cell.trim().toLowerCase();
}

function failure(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  const { lines } = error as { lines?: unknown };
  return new InvalidFile(typeof lines === 'number' ? lines : null, error.message, error);
}
