import { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Source } from '../files/source.js';
import type { Format } from '../format.js';
import type { ImportedRow } from '../imported-row.js';
import { jsonValues, objectOf } from '../records/json.js';
import { type Account, accountOf } from './account.js';
import { collectionRow } from './collection-row.js';
import { exportRow } from './export-row.js';

const MARK = /"(?:MediaListCollection|lists|series_type|score_type|progress_volume)"\s*:/;

/** Elements of the lists in a saved response. */
const COLLECTION_ENTRIES = /(?:^|\.)lists\.#\.entries\.#$/;

/** Elements of the only list in an export. */
const EXPORT_ENTRIES = /^lists\.#$/;

/**
 * AniList's export of personal data (`gdpr_data.json`), and a saved response of its interface with one or several
 * `MediaListCollection`.
 */
export const anilist: Format = {
  name: 'anilist',
  recognizes: ({ text }) => text.trimStart().startsWith('{') && MARK.test(text),
  rows,
};

async function* rows(file: Source): AsyncGenerator<ImportedRow> {
  // The score format may stand behind the scores.
  const account = await accountOf(textOf(file, new ByteLimit()));
  const text = textOf(file, new ByteLimit());
  yield* account.isCollection ? collectionRows(text, account) : exportRows(text, account);
}

async function* exportRows(text: AsyncIterable<string>, account: Account): AsyncGenerator<ImportedRow> {
  for await (const { value } of jsonValues(text, EXPORT_ENTRIES)) {
    const entry = objectOf(value);
    if (entry['series_id'] !== undefined) yield exportRow(entry, account);
  }
}

/** An entry that is in several lists, which readers make themselves, is one row. */
async function* collectionRows(text: AsyncIterable<string>, account: Account): AsyncGenerator<ImportedRow> {
  const seen = new Set<unknown>();
  for await (const { path, value } of jsonValues(text, COLLECTION_ENTRIES)) {
    const entry = objectOf(value);
    const id = entry['id'] ?? entry['mediaId'] ?? objectOf(entry['media'])['id'];
    if (id !== undefined && seen.has(id)) continue;
    if (id !== undefined) seen.add(id);
    yield collectionRow(entry, path, account);
  }
}
