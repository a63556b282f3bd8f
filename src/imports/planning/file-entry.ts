import { isPartialDate, endsBeforeStart } from '../../reading-history/partial-date.js';
import type { ReadValues } from '../../reading-history/read-statements.js';
import {
  MAX_PROGRESS,
  MAX_REREAD,
  type Priority,
  type ProgressType,
  type ReadingStatus,
  type Visibility,
} from '../../reading-history/entry-fields.js';
import type { FormatName, ImportedEntry, ImportedRead } from '../formats/imported-row.js';
import { cutText, MAX_NOTES } from '../formats/values.js';
import { scoreOfTen } from './score.js';

/** The valid fields of an entry in a file, in the units of an entry. An absent field is one that the file lacks. */
export interface FileEntry {
  readonly status?: ReadingStatus | undefined;
  readonly isRereading: boolean;
  readonly progressType?: ProgressType | undefined;
  readonly chapters?: number | null | undefined;
  readonly volumes?: number | null | undefined;
  /** Position of a volume that was read, to which `volumes` is raised. */
  readonly readVolume?: number | undefined;
  readonly reread?: number | undefined;
  readonly score?: number | null | undefined;
  readonly start?: string | null | undefined;
  readonly end?: string | null | undefined;
  readonly priority?: Priority | undefined;
  readonly visibility?: Visibility | undefined;
  readonly notes?: string | null | undefined;
  readonly created?: string | undefined;
  readonly reads: readonly ReadValues[];
}

/** How the values of a file are understood. */
export interface FileOptions {
  readonly format: FormatName | null;
  /** The largest possible score, where the file does not name it. */
  readonly scale: number;
  /** Whether fields that entries lack are appended to the notes. */
  readonly keepExtras: boolean;
}

/**
 * Reads the fields of an entry. Invalid values count as absent.
 *
 * @param readVolume position of a volume that was read; null for none
 */
export function fileEntry(
  entry: ImportedEntry,
  extras: readonly string[],
  { format, scale, keepExtras }: FileOptions,
  readVolume: number | null,
): FileEntry {
  const start = dateOf(entry.start);
  const end = dateOf(entry.end);
  const isContradiction = Boolean(start && end && endsBeforeStart(start, end));
  // Only the files of this service say that an entry shall be public. Those of other sites say that it is not private.
  const visibility = entry.visibility === 'private' || format === 'tankobon' ? entry.visibility : undefined;
  return {
    status: entry.status,
    isRereading: entry.isRereading ?? false,
    progressType: entry.progressType,
    chapters: known(counterOf(entry.chapters), format),
    volumes: known(counterOf(entry.volumes), format),
    readVolume: counterOf(readVolume) ?? undefined,
    reread: rereadOf(entry.reread),
    score: known(entry.score && scoreOfTen(entry.score, scale), format),
    start: known(start, format),
    end: isContradiction ? undefined : known(end, format),
    priority: entry.priority,
    visibility,
    notes: known(notesOf(entry.notes, keepExtras ? extras : []), format),
    created: createdOf(entry.created),
    reads: (entry.reads ?? []).map(readOf),
  };
}

/** The value of a field. In files of other sites, an empty field is one that the reader has not filled in. */
function known<Value>(value: Value | null | undefined, format: FormatName | null): Value | null | undefined {
  return value === null && format !== 'tankobon' ? undefined : value;
}

function counterOf(value: number | null | undefined): number | null | undefined {
  if (value === null || value === undefined) return value;
  return value >= 0 && value <= MAX_PROGRESS ? Math.round(value * 100) / 100 : undefined;
}

function rereadOf(value: number | undefined): number | undefined {
  const isValid = value !== undefined && Number.isInteger(value) && value >= 0 && value <= MAX_REREAD;
  return isValid ? value : undefined;
}

function dateOf(text: string | null | undefined): string | null | undefined {
  if (text === null || text === undefined) return text;
  return isPartialDate(text) ? text : undefined;
}

/** The notes with the extras behind them, cut to the length that an entry can have. */
function notesOf(notes: string | null | undefined, extras: readonly string[]): string | null | undefined {
  if (notes === undefined && extras.length === 0) return undefined;
  const text = [notes ?? '', extras.join('\n')].filter((part) => part.trim() !== '').join('\n\n');
  return text === '' ? null : cutText(text, MAX_NOTES);
}

function createdOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return time <= Date.now() && time >= 0 ? new Date(time).toISOString() : undefined;
}

function readOf(read: ImportedRead): ReadValues {
  const start = dateOf(read.start) ?? null;
  const end = dateOf(read.end) ?? null;
  const score = read.score !== null && read.score > 0 && read.score <= 10 ? read.score : null;
  return {
    status: read.status,
    start,
    end: start !== null && end !== null && endsBeforeStart(start, end) ? null : end,
    chapters: counterOf(read.chapters) ?? null,
    volumes: counterOf(read.volumes) ?? null,
    score: score && Math.round(score * 10) / 10,
    notes: notesOf(read.notes, []) ?? null,
  };
}

/** The furthest of two rows about one series. */
export function mergeFileEntries(one: FileEntry, other: FileEntry): FileEntry {
  return {
    status: furthestStatus(one, other),
    isRereading: one.isRereading || other.isRereading,
    progressType: one.progressType ?? other.progressType,
    chapters: larger(one.chapters, other.chapters),
    volumes: larger(one.volumes, other.volumes),
    readVolume: larger(one.readVolume, other.readVolume) ?? undefined,
    reread: larger(one.reread, other.reread) ?? undefined,
    score: one.score ?? other.score,
    start: earlier(one.start, other.start),
    end: later(one.end, other.end),
    priority: one.priority ?? other.priority,
    visibility: one.visibility === 'private' ? 'private' : (other.visibility ?? one.visibility),
    notes: longer(one.notes, other.notes),
    created: earlier(one.created, other.created) ?? undefined,
    reads: withReads(one.reads, other.reads),
  };
}

function furthestStatus(one: FileEntry, other: FileEntry): ReadingStatus | undefined {
  if (one.status === 'completed' || other.status === 'completed') return 'completed';
  const grows = (['chapters', 'volumes', 'readVolume'] as const).some(
    (name) => (other[name] ?? 0) > (one[name] ?? 0),
  );
  return grows ? (other.status ?? one.status) : (one.status ?? other.status);
}

type Absent = null | undefined;

/** The larger of two numbers, of which either may be absent. */
export function larger<None extends Absent>(one: number | None, other: number | None): number | None {
  if (one === null || one === undefined) return other ?? one;
  return other === null || other === undefined ? one : Math.max(one, other);
}

/** The earlier of two dates; of two that begin on the same day, the first. */
export function earlier<None extends Absent>(one: string | None, other: string | None): string | None {
  if (one === null || one === undefined) return other ?? one;
  return other && firstDay(other) < firstDay(one) ? other : one;
}

/** The later of two dates; of two that begin on the same day, the first. */
export function later<None extends Absent>(one: string | None, other: string | None): string | None {
  if (one === null || one === undefined) return other ?? one;
  return other && firstDay(other) > firstDay(one) ? other : one;
}

/** The longer of two texts; of two of the same length, the first. */
export function longer<None extends Absent>(one: string | None, other: string | None): string | None {
  if (one === null || one === undefined) return other ?? one;
  return other && [...other].length > [...one].length ? other : one;
}

function firstDay(date: string): string {
  return date + '0000-01-01'.slice(date.length);
}

/** The reads of a list, and those of another that it lacks. */
function withReads(reads: readonly ReadValues[], others: readonly ReadValues[]): ReadValues[] {
  return [...reads, ...missingReads(reads, others)];
}

/** The reads of the second list that the first one lacks. Equal reads count as often as they occur. */
export function missingReads(reads: readonly ReadValues[], others: readonly ReadValues[]): ReadValues[] {
  const known = reads.map(readKey);
  return others.filter((read) => {
    const index = known.indexOf(readKey(read));
    if (index !== -1) known.splice(index, 1);
    return index === -1;
  });
}

function readKey({ status, start, end, chapters, volumes, score, notes }: ReadValues): string {
  return JSON.stringify([status, start, end, chapters, volumes, score, notes]);
}
