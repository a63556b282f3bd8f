import { ByteLimit } from '../files/limits.js';
import { textOf } from '../files/text.js';
import type { Source } from '../files/source.js';
import type { Format } from '../format.js';
import { InvalidFile } from '../import-failures.js';
import type { ImportedEntry, ImportedRow } from '../imported-row.js';
import { priorityOf, REREADING, type StatusMeaning, statusMeaning, typesOf } from '../meanings.js';
import { xmlRecords } from '../records/xml.js';
import {
  counterOf,
  dateOf,
  entryOf,
  extra,
  idsOf,
  notesOf,
  rereadOf,
  scoreOf,
  sourceOf,
  titleOf,
} from '../values.js';

/** An element that only lists of this format have, whatever the root is called. */
const MARK =
  /<(?:myanimelist|user_export_type|(?:series|manga)_mangadb_id|series_animedb_id|my_read_chapters)[\s/>]/i;

/**
 * The export of MyAnimeList, which Kitsu and several converters write too. Their files differ in the names of elements
 * (`manga_mangadb_id`, `series_mangadb_id`), in the spelling of statuses (`On-Hold`, `On Hold`, numbers), and in what
 * is there at all.
 */
export const myAnimeList: Format = {
  name: 'myanimelist',
  recognizes: ({ text }) => text.trimStart().startsWith('<') && MARK.test(text),
  rows,
};

const RECORDS = new Set(['myinfo', 'manga', 'anime']);

async function* rows(file: Source): AsyncGenerator<ImportedRow> {
  let root = '';
  let isList = false;
  const records = xmlRecords(textOf(file, new ByteLimit()), RECORDS, (name) => (root = name));
  for await (const { name, line, fields } of records) {
    isList = true;
    if (name === 'myinfo') continue;
    yield rowOf((field) => fields.get(field), name === 'anime', line);
  }
  if (!isList && root !== 'myanimelist') throw new InvalidFile(1, 'no list');
}

/** The text of an element; undefined if there is none. */
type Fields = (name: string) => string | undefined;

function rowOf(field: Fields, isOtherMedium: boolean, line: number): ImportedRow {
  const title = titleOf(field('manga_title') ?? field('series_title') ?? field('anime_title'));
  const ids = idsOf({
    mal: field('manga_mangadb_id') ?? field('series_mangadb_id'),
    // Of lists that are exported from MangaDex.
    anilist: field('manga_anilist_id'),
    kitsu: field('manga_kitsu_id'),
    mangaupdates: field('manga_mangaupdates_id'),
    mangadex: field('manga_mangadex_id'),
  });
  return {
    line,
    source: sourceOf({ title, ids, types: typesOf(field('series_type') ?? field('manga_type')) }),
    isOtherMedium,
    content: { kind: 'entry', entry: readEntry(field) },
    extras: [
      ...extra('Tags', field('my_tags')),
      ...extra('Storage', field('my_storage')),
      ...extra('Retail volumes', field('my_retail_volumes')),
      ...extra('Reread value', field('my_reread_value')),
      ...extra('Scanlation group', field('my_scanalation_group')),
    ],
  };
}

function readEntry(field: Fields): ImportedEntry {
  const notes = field('my_comments');
  return entryOf({
    ...meaningOf(field),
    // 0 is also written for a counter that the reader does not keep.
    chapters: counterOf(field('my_read_chapters')) || undefined,
    volumes: counterOf(field('my_read_volumes')) || undefined,
    reread: rereadOf(field('my_times_read')),
    // The site's scores end at 10, but converters write those of other sites.
    score: scoreOf(field('my_score'), null),
    start: dateOf(field('my_start_date')),
    end: dateOf(field('my_finish_date')),
    priority: priorityOf(field('my_priority')),
    notes: notesOf(notes),
  });
}

const NUMBERED: Readonly<Record<string, StatusMeaning>> = {
  '1': { status: 'started' },
  '2': { status: 'completed' },
  '3': { status: 'paused' },
  '4': { status: 'dropped' },
  '6': { status: 'planned' },
};

function meaningOf(field: Fields): StatusMeaning {
  // A work that is read again keeps the status Completed.
  if (/^(?:yes|1|true)$/i.test(field('my_rereading') ?? '')) return REREADING;
  const status = field('my_status') ?? '';
  return NUMBERED[status] ?? statusMeaning(status);
}
