import type { SeriesType } from '../../../catalog/catalog.entity.js';
import { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Source } from '../files/source.js';
import type { Format } from '../format.js';
import type { ImportedEntry, ImportedRow, Site } from '../imported-row.js';
import { statusMeaning } from '../meanings.js';
import { csvRecords, hasColumns } from '../records/csv.js';
import {
  counterOf,
  dateOf,
  dateOfParts,
  entryOf,
  extra,
  idsOf,
  keyOf,
  lookUp,
  notesOf,
  rereadOf,
  scoreOf,
  sourceOf,
  titleOf,
} from '../values.js';

/** The export of Yamtrack, which has all kinds of media. */
export const yamtrack: Format = {
  name: 'yamtrack',
  recognizes: ({ text }) => hasColumns(text, ['media_id', 'media_type', 'status']),
  rows,
};

/** The media types that the catalog has. `manga` does not say which type: MyAnimeList counts novels among them. */
const TYPES: Readonly<Record<string, readonly SeriesType[]>> = {
  manga: [],
  comic: ['Comic'],
  book: ['Novel'],
  novel: ['Novel'],
  lightnovel: ['Novel'],
};

const SITES: Readonly<Record<string, Site>> = {
  mal: 'mal',
  myanimelist: 'mal',
  anilist: 'anilist',
  kitsu: 'kitsu',
  mangaupdates: 'mangaupdates',
  mangadex: 'mangadex',
};

async function* rows(file: Source): AsyncGenerator<ImportedRow> {
  for await (const { line, cell } of csvRecords(textOf(file, new ByteLimit()))) {
    const types = lookUp(TYPES, keyOf(cell('media_type')));
    const site = lookUp(SITES, keyOf(cell('source')));
    const isBook = keyOf(cell('media_type')) === 'book';
    yield {
      line,
      source: sourceOf({
        title: titleOf(cell('title')),
        types: types ?? [],
        ids: site && types ? idsOf({ [site]: cell('media_id') }) : {},
      }),
      isOtherMedium: types === undefined,
      content: { kind: 'entry', entry: readEntry(cell, isBook) },
      extras: isBook ? extra('Pages read', cell('progress')) : [],
    };
  }
}

function readEntry(cell: (column: string) => string, isBook: boolean): ImportedEntry {
  const reread = cell('repeats') || cell('repetitions');
  return entryOf({
    ...statusMeaning(cell('status')),
    // The progress of a book is a number of pages.
    chapters: isBook ? undefined : counterOf(cell('progress')),
    reread: rereadOf(reread),
    score: cell('score') === '' ? null : scoreOf(cell('score'), null),
    start: dateOfCell(cell('start_date')),
    end: dateOfCell(cell('end_date')),
    notes: notesOf(cell('notes')),
  });
}

/** Files that are made by hand may have the date of the month first, which the site accepts: `02/09/2024`. */
function dateOfCell(text: string): string | null | undefined {
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text.trim());
  if (!american) return dateOf(text);
  return dateOfParts(Number(american[3]), Number(american[1]), Number(american[2]));
}
