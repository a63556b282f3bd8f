import type { ReadingStatus } from '../../../reading-history/entry-fields.js';
import { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Source } from '../files/source.js';
import type { Format } from '../format.js';
import { type ImportedEntry, type ImportedItem, type ImportedRow, OWNED_ITEM } from '../imported-row.js';
import { csvRecords, hasColumns } from '../records/csv.js';
import {
  cleanText,
  dateOf,
  entryOf,
  extra,
  isbnOf,
  keyOf,
  lookUp,
  notesOf,
  numberOf,
  scoreOf,
  sourceOf,
  titleOf,
} from '../values.js';

/** The export of a library at Goodreads. A row is a book, here a volume. */
export const goodreads: Format = {
  name: 'goodreads',
  recognizes: ({ text }) => hasColumns(text, ['book id', 'title', 'my rating']),
  rows,
};

type Cell = (column: string) => string;

async function* rows(file: Source): AsyncGenerator<ImportedRow> {
  for await (const { line, cell } of csvRecords(textOf(file, new ByteLimit()))) {
    const isRead = keyOf(cell('exclusive shelf')) === 'read';
    const entry = readEntry(cell, isRead);
    const item = itemOf(cell);
    const saysNothing = Object.values(entry).every((value) => value === null);
    yield {
      line,
      source: sourceOf({
        title: titleOf(cell('title')),
        authors: authorsOf(cell),
        isbn: isbnOf(cell('isbn13'), cell('isbn')),
      }),
      isOtherMedium: false,
      content: {
        kind: 'volume',
        isRead,
        // On a shelf of the reader's own, a volume that is not owned is on the list, with an unknown status.
        entry: saysNothing && item !== null ? null : entry,
        item,
      },
      extras: extrasOf(cell, isRead),
    };
  }
}

function authorsOf(cell: Cell): string[] {
  const names = [cell('author'), ...cell('additional authors').split(',')];
  return names.map((name) => cleanText(name, 200).replace(/\s+/g, ' ')).filter(Boolean);
}

/** The status of the series that a volume's shelf implies. A volume that was read means that the series was begun. */
const STATUSES: Readonly<Record<string, ReadingStatus>> = {
  read: 'started',
  currentlyreading: 'started',
  toread: 'planned',
  // Shelves that readers make themselves.
  didnotfinish: 'dropped',
  dnf: 'dropped',
  abandoned: 'dropped',
  dropped: 'dropped',
  onhold: 'paused',
  paused: 'paused',
};

function readEntry(cell: Cell, isRead: boolean): ImportedEntry {
  const shelf = keyOf(cell('exclusive shelf'));
  // The day on which a volume was finished is no end of the series, but the series was begun by then.
  const start = isRead ? cell('date read') : shelf === 'currentlyreading' ? cell('date added') : '';
  return entryOf({
    status: lookUp(STATUSES, shelf),
    score: scoreOf(cell('my rating'), 5),
    start: dateOf(start) ?? undefined,
    notes: notesOf(cell('my review')),
  });
}

function itemOf(cell: Cell): ImportedItem | null {
  if (!((numberOf(cell('owned copies')) ?? 0) > 0)) return null;
  const day = dateOf(cell('original purchase date')) ?? dateOf(cell('date added'));
  return { ...OWNED_ITEM, buyDate: day?.length === 10 ? day : null };
}

function extrasOf(cell: Cell, isRead: boolean): string[] {
  const shelves = cell('bookshelves')
    .split(',')
    .map((shelf) => shelf.trim());
  const own = shelves.filter((shelf) => shelf !== '' && lookUp(STATUSES, keyOf(shelf)) === undefined);
  const count = numberOf(cell('read count')) ?? 0;
  return [
    ...extra('Shelves', own.join(', ')),
    ...extra('Private notes', cell('private notes')),
    ...(isRead && count > 1 ? extra('Read count', count) : []),
  ];
}
