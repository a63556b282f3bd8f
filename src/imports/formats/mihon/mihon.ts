import { ByteLimit } from '../files/limits.js';
import type { Source } from '../files/source.js';
import type { Format } from '../format.js';
import { InvalidFile } from '../import-failures.js';
import type { ImportedRow } from '../imported-row.js';
import { cleanText } from '../values.js';
import { BACKUP, CATEGORY } from './fields.js';
import { mangaRow } from './manga-row.js';
import { readManga } from './manga.js';
import { headerOf, messages, readFields, readInteger, WIRE } from './messages.js';

/** A backup of Mihon, Tachiyomi or one of their forks (`.tachibk`, `.proto.gz`): Protocol Buffers, mostly with gzip. */
export const mihon: Format = {
  name: 'mihon',
  recognizes: ({ bytes }) => isBackup(bytes),
  rows,
};

/** Numbers of the fields that a backup may begin with: its first field, or a later one if the library is empty. */
const FIRST_FIELDS = [1, 2, 100, 101, 102, 103, 104, 105, 106];

/** Tags of the fields that a message of a series begins with: the number of its source, or its address. */
const FIRST_TAGS = [0x08, 0x12];

function isBackup(head: Buffer): boolean {
  try {
    const header = headerOf(head);
    if (!header || !FIRST_FIELDS.includes(header.field)) return false;
    const isManga = header.field === BACKUP.manga;
    if (isManga && (header.length < 2 || !FIRST_TAGS.includes(head[header.start] ?? 0))) return false;
    const end = header.start + header.length;
    // A text that begins with a blank line could have passed so far.
    return end >= head.length || headerOf(head.subarray(end)) !== null || end > head.length - 20;
  } catch (error) {
    if (error instanceof InvalidFile) return false;
    throw error;
  }
}

async function* rows(file: Source): AsyncGenerator<ImportedRow> {
  // Categories follow the series that refer to them.
  const categories = await categoriesOf(file);
  for await (const { message } of messages(file.read(new ByteLimit()), new Set([BACKUP.manga]))) {
    const manga = readManga(message);
    // Series outside of the library are kept by the app for their history.
    const isInList = manga.isFavorite || manga.tracking.length > 0 || manga.highestRead !== null;
    if (isInList) yield mangaRow(manga, categories);
  }
}

const MAX_CATEGORIES = 1_000;

/** The names of the reader's categories by their `order`. */
async function categoriesOf(file: Source): Promise<Map<number, string>> {
  const categories = new Map<number, string>();
  for await (const { message } of messages(file.read(new ByteLimit()), new Set([BACKUP.categories]))) {
    let name = '';
    let order = 0;
    readFields(message, (field, wire, reader) => {
      if (field === CATEGORY.name && wire === WIRE.bytes) name = reader.string();
      else if (field === CATEGORY.order && wire === WIRE.varint) order = readInteger(reader);
      else return false;
      return true;
    });
    if (categories.size < MAX_CATEGORIES) categories.set(order, cleanText(name, 200));
  }
  return categories;
}
