import { openImport } from '../../src/imports/formats/read-import.js';
import type { FormatName, ImportedEntry, ImportedRow } from '../../src/imports/formats/imported-row.js';

export async function allOf<T>(elements: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const element of elements) all.push(element);
  return all;
}

/** The format and all rows of a file. */
export async function readRows(
  content: string | Buffer,
  format: FormatName | null = null,
): Promise<{ format: FormatName; rows: ImportedRow[] }> {
  const opened = await openImport(Buffer.from(content), format);
  return { format: opened.format, rows: await allOf(opened.rows) };
}

/** The entries of all rows of a file. */
export async function readEntries(content: string | Buffer): Promise<ImportedEntry[]> {
  const { rows } = await readRows(content);
  return rows.flatMap(({ content: row }) =>
    row.kind === 'entry' || row.kind === 'volume' ? (row.entry ?? []) : [],
  );
}
