import type { ImportedEntry, ImportedRow } from '../imported-row.js';
import { REREADING, type StatusMeaning, statusMeaning } from '../meanings.js';
import {
  counterOf,
  dateOf,
  entryOf,
  extra,
  idsOf,
  lookUp,
  notesOf,
  rereadOf,
  scoreOf,
  sourceOf,
} from '../values.js';
import type { Account } from './account.js';

const STATUSES: Readonly<Record<string, StatusMeaning>> = {
  '0': { status: 'started' },
  '1': { status: 'planned' },
  '2': { status: 'completed' },
  '3': { status: 'dropped' },
  '4': { status: 'paused' },
  '5': REREADING,
};

/** `series_type` of a comic or novel. */
const MANGA = [1, '1', 'MANGA', 'manga'];

/** The row of an entry in an export, which has ids, but no titles. */
export function exportRow(entry: Readonly<Record<string, unknown>>, account: Account): ImportedRow {
  return {
    line: null,
    source: sourceOf({ ids: idsOf({ anilist: entry['series_id'] }) }),
    isOtherMedium: entry['series_type'] !== undefined && !MANGA.includes(entry['series_type'] as string),
    content: { kind: 'entry', entry: readEntry(entry, account) },
    extras: extra('Custom lists', customListsOf(entry['custom_lists'], account).join(', ')),
  };
}

function readEntry(entry: Readonly<Record<string, unknown>>, { maximumScore }: Account): ImportedEntry {
  const { status, notes } = entry;
  return entryOf({
    ...(lookUp(STATUSES, String(status)) ?? statusMeaning(status)),
    chapters: counterOf(entry['progress']),
    volumes: counterOf(entry['progress_volume']),
    reread: rereadOf(entry['repeat']),
    score: scoreOf(entry['score'], maximumScore),
    start: dateOf(entry['started_on']),
    end: dateOf(entry['finished_on']),
    visibility: entry['private'] === 1 || entry['private'] === true ? 'private' : undefined,
    notes: notesOf(notes),
  });
}

/** The lists of an entry: their names, their positions among the reader's lists, or a flag for each of these. */
function customListsOf(value: unknown, { customLists }: Account): string[] {
  const list = typeof value === 'string' ? parsed(value) : value;
  if (!Array.isArray(list)) return [];
  const flags = list.every((flag) => typeof flag === 'boolean') || list.length === customLists.length;
  return list.flatMap((element: unknown, index) => {
    if (typeof element === 'string') return [element];
    const name = flags ? element && customLists[index] : customLists[Number(element)];
    return name ? [String(name)] : [];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
