import type { Written } from '../../reading-history/entry-statements.js';
import { countersOf, NEW_ENTRY, withCounters } from '../../reading-history/entry-values.js';
import { endsBeforeStart } from '../../reading-history/partial-date.js';
import { MAX_READS, type ReadValues, UNKNOWN_READ } from '../../reading-history/read-statements.js';
import type { ReadingStatus, Visibility } from '../../reading-history/entry-fields.js';
import { earlier, type FileEntry, larger, later, longer, missingReads } from './file-entry.js';

/** What an import does with entries, ratings and items that the reader already has. */
export const STRATEGIES = ['skip', 'fill', 'furthest', 'replace'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** An entry with its former reads. */
export interface PlannedEntry {
  readonly values: Written;
  /** Number of former reads. */
  readonly formerReads: number;
  /** The former reads; empty if they have not been loaded, which is right for rows without reads. */
  readonly reads: readonly ReadValues[];
  /** When an added entry was created; null for now. */
  readonly created: string | null;
}

/** The values of a new entry that the file does not have. */
export interface NewEntry {
  readonly visibility: Visibility;
  readonly clientId: number;
}

/**
 * The entry after a row of a file.
 *
 * @param before the entry before it; null for none
 * @returns `before` itself if nothing would change
 */
export function planEntry(
  before: PlannedEntry | null,
  file: FileEntry,
  strategy: Strategy,
  added: NewEntry,
): PlannedEntry {
  if (before === null)
    return withReadsOf(file, { ...addedEntry(file, added), created: file.created ?? null });
  if (strategy === 'skip') return before;
  if (strategy === 'fill') return changed(before, { ...before, values: filled(before.values, file) });
  const values = strategy === 'replace' ? replaced(before, file) : furthest(before, file);
  return changed(before, withReadsOf(file, { ...before, values }));
}

/** Whether two entries have the same values and number of reads. The client that wrote them does not count. */
export function isSameEntry(one: PlannedEntry, other: PlannedEntry): boolean {
  if (one.formerReads !== other.formerReads) return false;
  return (Object.keys(one.values) as (keyof Written)[]).every(
    (name) => name === 'client_id' || one.values[name] === other.values[name],
  );
}

function changed(before: PlannedEntry, after: PlannedEntry): PlannedEntry {
  return isSameEntry(before, after) ? before : after;
}

/** Adds the reads that the entry lacks. Reading again means a former read, where the entry has none. */
function withReadsOf(file: FileEntry, entry: PlannedEntry): PlannedEntry {
  const room = Math.max(MAX_READS - entry.formerReads, 0);
  const missing = missingReads(entry.reads, file.reads).slice(0, room);
  if (missing.length === 0 && entry.formerReads === 0 && file.isRereading) missing.push(UNKNOWN_READ);
  if (missing.length === 0) return entry;
  return {
    ...entry,
    reads: [...entry.reads, ...missing],
    formerReads: entry.formerReads + missing.length,
  };
}

function addedEntry(file: FileEntry, { visibility, clientId }: NewEntry): PlannedEntry {
  const chapters = file.chapters ?? null;
  const volumes = larger(file.volumes ?? null, file.readVolume ?? null);
  const countsVolumes = chapters === null && volumes !== null;
  const values: Written = {
    ...NEW_ENTRY,
    visibility: file.visibility ?? visibility,
    progress_type: file.progressType ?? (countsVolumes ? 'volumes' : 'chapters'),
    status: file.status ?? NEW_ENTRY.status,
    reread: file.reread ?? NEW_ENTRY.reread,
    score: file.score ?? null,
    priority: file.priority ?? NEW_ENTRY.priority,
    start: file.start ?? null,
    end: file.end ?? null,
    notes: file.notes ?? null,
    client_id: clientId,
  };
  const dated = withDates(values, values.start, values.end, { start: values.start, end: null });
  return { values: withCounters(dated, { chapters, volumes }), formerReads: 0, reads: [], created: null };
}

/** Fills the fields that are null. */
function filled(before: Written, file: FileEntry): Written {
  const { chapters, volumes } = countersOf(before);
  const values: Written = {
    ...before,
    score: before.score ?? file.score ?? null,
    notes: before.notes ?? file.notes ?? null,
  };
  const dated = withDates(values, before.start ?? file.start ?? null, before.end ?? file.end ?? null, before);
  return withCounters(dated, {
    chapters: chapters ?? file.chapters ?? null,
    volumes: volumes ?? larger(file.volumes ?? null, file.readVolume ?? null),
  });
}

/** Takes what goes further than the entry. */
function furthest({ values: before, formerReads }: PlannedEntry, file: FileEntry): Written {
  const former = countersOf(before);
  const chapters = grown(former.chapters, file.chapters);
  const volumes = grown(former.volumes, larger(file.volumes, file.readVolume));
  const hasGrown = chapters !== former.chapters || volumes !== former.volumes;
  const values: Written = {
    ...before,
    status: furthestStatus(before.status, file.status, hasGrown),
    reread: (file.reread ?? 0) > Math.max(before.reread, formerReads) ? (file.reread ?? 0) : before.reread,
    score: before.score ?? file.score ?? null,
    notes: longer(before.notes, file.notes ?? null),
  };
  const start = earlier(before.start, file.start ?? null);
  const end = later(before.end, file.end ?? null);
  return withCounters(withDates(values, start, end, before), { chapters, volumes });
}

function furthestStatus(
  before: ReadingStatus,
  file: ReadingStatus | undefined,
  hasGrown: boolean,
): ReadingStatus {
  if (before === 'completed' || file === undefined) return before;
  return file === 'completed' || hasGrown ? file : before;
}

/** A counter, or a larger one. Null counts as 0. */
function grown(before: number | null, file: number | null | undefined): number | null {
  return (file ?? 0) > (before ?? 0) ? (file as number) : before;
}

/** Takes every field that the file has. */
function replaced({ values: before, formerReads }: PlannedEntry, file: FileEntry): Written {
  const former = countersOf(before);
  // A file of this service has the larger one of the two numbers.
  const isSameReread = file.reread === Math.max(before.reread, formerReads);
  const volumes = file.volumes === undefined ? former.volumes : file.volumes;
  const values: Written = {
    ...before,
    // A private entry stays private.
    visibility: before.visibility === 'private' ? 'private' : (file.visibility ?? before.visibility),
    progress_type: file.progressType ?? before.progress_type,
    status: file.status ?? before.status,
    reread: file.reread === undefined || isSameReread ? before.reread : file.reread,
    score: file.score === undefined ? before.score : file.score,
    priority: file.priority ?? before.priority,
    notes: file.notes === undefined ? before.notes : file.notes,
  };
  const start = file.start === undefined ? before.start : file.start;
  const end = file.end === undefined ? before.end : file.end;
  return withCounters(withDates(values, start, end, before), {
    chapters: file.chapters === undefined ? former.chapters : file.chapters,
    volumes: larger(volumes, file.readVolume ?? null),
  });
}

/** Sets the dates, or keeps both of `former` if the new ones contradict each other. */
function withDates(
  values: Written,
  start: string | null,
  end: string | null,
  former: Pick<Written, 'start' | 'end'>,
): Written {
  const contradict = start !== null && end !== null && endsBeforeStart(start, end);
  return { ...values, ...(contradict ? { start: former.start, end: former.end } : { start, end }) };
}
