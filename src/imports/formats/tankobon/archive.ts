import { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Member } from '../files/zip.js';
import { InvalidFile } from '../import-failures.js';
import type { ImportedRow } from '../imported-row.js';
import { jsonLines } from '../records/json-lines.js';
import { entryRow, itemRow, ratingRow, settingsRow } from './lines.js';

const ROWS = {
  'settings.jsonl': settingsRow,
  'entries.jsonl': entryRow,
  'ratings.jsonl': ratingRow,
  'items.jsonl': itemRow,
} as const;

/** The last member that an export writes: without it the archive is incomplete. */
const MANIFEST = 'manifest.json';

/** Members by which an archive is recognized as an export. */
export const NAMES: readonly string[] = [...Object.keys(ROWS), MANIFEST];

/**
 * The rows of an export; members with other names are ignored.
 *
 * @throws InvalidFile
 */
export async function* archiveRows(members: readonly Member[]): AsyncGenerator<ImportedRow> {
  const sources = new Map(members.map(({ name, source }) => [name, source]));
  if (!sources.has(MANIFEST)) throw new InvalidFile(null, 'no manifest');
  const limit = new ByteLimit();
  for (const [name, rowOf] of Object.entries(ROWS)) {
    const source = sources.get(name);
    if (!source) continue;
    for await (const line of jsonLines(textOf(source, limit))) {
      const row = rowOf(line);
      if (row) yield row;
    }
  }
}
