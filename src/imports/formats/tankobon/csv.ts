import type { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Source } from '../files/source.js';
import type { ImportedRow, RowSource } from '../imported-row.js';
import { csvRecords, hasColumns } from '../records/csv.js';
import { idsOf, numberOf, sourceOf, titleOf } from '../values.js';
import { key, ownEntry, ownTypes, row } from './lines.js';

export function isOwnCsv(text: string): boolean {
  return hasColumns(text, ['series_id', 'external_id', 'progress_type', 'status']);
}

/** Columns that are fields of an entry. A cell that is empty is null; a column that the file lacks is absent. */
const ENTRY_COLUMNS = [
  'status',
  'visibility',
  'priority',
  'progress_type',
  'chapters',
  'volumes',
  'reread',
  'score',
  'start',
  'end',
  'notes',
];

/** Without a value in any of these columns, a line with a rating is about the rating only. */
const READING_COLUMNS = ['status', 'chapters', 'volumes', 'score', 'start', 'end', 'notes'];

/**
 * The rows of an exported CSV file. A line with a rating has two rows: one for the entry, one for the rating.
 *
 * @throws InvalidFile
 */
export async function* csvRows(file: Source, limit: ByteLimit): AsyncGenerator<ImportedRow> {
  for await (const { line, cell: quotedCell, has } of csvRecords(textOf(file, limit))) {
    const cell = (column: string) => unquoted(quotedCell(column));
    const source = sourceOfLine(cell);
    const rating = numberOf(cell('rating'));
    if (rating === undefined || READING_COLUMNS.some((column) => cell(column).trim() !== '')) {
      const fields = ENTRY_COLUMNS.filter(has).map((column) => [column, cell(column) || null]);
      yield row(line, source, { kind: 'entry', entry: ownEntry(Object.fromEntries(fields)) });
    }
    if (rating !== undefined) yield row(line, source, { kind: 'rating', rating });
  }
}

function sourceOfLine(cell: (column: string) => string): RowSource {
  return sourceOf({
    title: titleOf(cell('title')),
    types: ownTypes(cell('type').trim()),
    ids: idsOf({ mal: cell('mal'), anilist: cell('anilist') }),
    externalId: key(cell('external_id')),
  });
}

/** Removes the quote that the export puts before cells which spreadsheets would take for formulas. */
function unquoted(cell: string): string {
  return /^'+[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}
