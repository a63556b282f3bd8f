import type { SeriesType } from '../../../catalog/catalog.entity.js';
import type { ImportedEntry, ImportedRow } from '../imported-row.js';
import { statusMeaning } from '../meanings.js';
import { arrayOf, objectOf } from '../records/json.js';
import {
  counterOf,
  dateOfParts,
  entryOf,
  extra,
  idsOf,
  lookUp,
  notesOf,
  rereadOf,
  scoreOf,
  sourceOf,
  titleOf,
} from '../values.js';
import type { Account } from './account.js';

type Fields = Readonly<Record<string, unknown>>;

const READ_FORMATS = ['MANGA', 'NOVEL', 'ONE_SHOT'];

/** The type of a comic by its country; the site calls all of them manga. */
const TYPES_OF_COUNTRIES: Readonly<Record<string, SeriesType>> = {
  JP: 'Manga',
  KR: 'Manhwa',
  CN: 'Manhua',
  TW: 'Manhua',
};

const MAX_TITLES = 50;

/** The row of an entry in a saved response. */
export function collectionRow(entry: Fields, path: string, account: Account): ImportedRow {
  const media = objectOf(entry['media']);
  const { romaji, english, native, userPreferred } = objectOf(media['title']);
  const titles = [userPreferred, romaji, english, native, ...arrayOf(media['synonyms'])]
    .slice(0, MAX_TITLES)
    .map(titleOf)
    .filter(Boolean);
  return {
    line: null,
    source: sourceOf({
      title: titles[0] ?? '',
      titles: [...new Set(titles.slice(1))].filter((title) => title !== titles[0]),
      types: typesOfMedia(media),
      ids: idsOf({ anilist: media['id'] ?? entry['mediaId'], mal: media['idMal'] }),
    }),
    isOtherMedium: isAnime(media, path),
    content: { kind: 'entry', entry: readEntry(entry, account) },
    extras: extra('Custom lists', customListsOf(entry['customLists']).join(', ')),
  };
}

function readEntry(entry: Fields, { maximumScore }: Account): ImportedEntry {
  const { notes } = entry;
  return entryOf({
    ...statusMeaning(entry['status']),
    chapters: counterOf(entry['progress']),
    volumes: counterOf(entry['progressVolumes']),
    reread: rereadOf(entry['repeat']),
    score: scoreOf(entry['score'], maximumScore),
    start: fuzzyDate(entry['startedAt']),
    end: fuzzyDate(entry['completedAt']),
    visibility: entry['private'] === true ? 'private' : undefined,
    notes: notesOf(notes),
  });
}

/** A date in parts, of which unknown ones are null. */
function fuzzyDate(value: unknown): string | null | undefined {
  if (value === undefined) return undefined;
  const { year, month, day } = objectOf(value);
  return dateOfParts(Number(year ?? 0), Number(month ?? 0), Number(day ?? 0));
}

function typesOfMedia(media: Fields): readonly SeriesType[] {
  const { format, countryOfOrigin } = media;
  if (format === 'NOVEL') return ['Novel'];
  const type = lookUp(TYPES_OF_COUNTRIES, String(countryOfOrigin));
  if (type) return [type];
  return format === 'MANGA' || format === 'ONE_SHOT' ? ['Manga', 'Manhwa', 'Manhua'] : [];
}

function isAnime(media: Fields, path: string): boolean {
  const { type, format } = media;
  if (typeof type === 'string') return type !== 'MANGA';
  if (typeof format === 'string') return !READ_FORMATS.includes(format);
  // Aliases of the lists in the query, or names of fields in the file.
  return /(?:^|\.)anime/i.test(path);
}

/** Names of lists: the keys with true, or a list of objects. */
function customListsOf(value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((list: unknown) => {
      const { name, enabled } = objectOf(list);
      return enabled === true && typeof name === 'string' ? [name] : [];
    });
  }
  return Object.entries(objectOf(value)).flatMap(([name, isIn]) => (isIn === true ? [name] : []));
}
