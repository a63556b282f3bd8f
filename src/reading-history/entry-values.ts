import type { EntryState, Written } from './entry-statements.js';
import type { ProgressType } from './entry-fields.js';
import type { SaveReadingEntryDto } from './reading-entry.dto.js';

/** The values of an entry that a request does not give. */
export const NEW_ENTRY = {
  visibility: 'private',
  progress_type: 'chapters',
  progress: 0,
  other_progress: null,
  status: 'started',
  reread: 0,
  score: null,
  priority: 'mid',
  start: null,
  end: null,
  notes: null,
} satisfies Omit<Written, 'client_id'>;

/** The other one of the two counters. */
export function otherCounter(counter: ProgressType): ProgressType {
  return counter === 'chapters' ? 'volumes' : 'chapters';
}

/**
 * The values of an entry that a request to add or update it sets.
 *
 * @param state the entry that they replace, whose other counter stays unless the request names it; null for none
 */
export function valuesOf(entry: SaveReadingEntryDto, state: EntryState | null): Written {
  const { visibility, progressType: progress_type, progress, status, priority, client: client_id } = entry;
  const { reread = 0, start = null, end = null, notes = null } = entry;
  const other = otherCounter(progress_type);
  const named = entry[other];
  return {
    visibility,
    progress_type,
    progress,
    other_progress: named === undefined ? (state?.[other] ?? null) : named,
    status,
    reread,
    // 0 and null both mean unscored.
    score: entry.score || null,
    priority,
    start,
    end,
    notes,
    client_id,
  };
}

/** The values of an existing entry. */
export function valuesOfState(state: EntryState): Written {
  const { visibility, progress_type, progress, other_progress, status, priority } = state;
  const { score, start, end, notes } = state;
  return {
    visibility,
    progress_type,
    progress,
    other_progress,
    status,
    reread: state.stored_reread,
    score,
    priority,
    start,
    end,
    notes,
    client_id: state.entry_client,
  };
}

/** The values with other counters. */
export function withCounters(
  values: Written,
  counters: Readonly<Record<ProgressType, number | null>>,
): Written {
  const other_progress = counters[otherCounter(values.progress_type)];
  return { ...values, progress: counters[values.progress_type] ?? 0, other_progress };
}

/** Both counters of values. */
export function countersOf({ progress_type, progress, other_progress }: Written) {
  return progress_type === 'chapters'
    ? { chapters: progress, volumes: other_progress }
    : { chapters: other_progress, volumes: progress };
}

/** The fields of an entry in an event, with their public names. */
export function eventFields(values: Written): Record<string, unknown> {
  const { other_progress: _, client_id: client, ...rest } = values;
  return { ...rest, ...countersOf(values), client };
}

/** The fields of an entry that a patch gives. */
type Patch = Partial<Omit<SaveReadingEntryDto, 'client'>>;

/**
 * The values of an entry with the given fields.
 *
 * @returns null if the counters contradict `progress`
 */
export function patchedValues(state: EntryState, patch: Patch, client: number): Written | null {
  const former = valuesOfState(state);
  const progress_type = patch.progressType ?? former.progress_type;
  const given = { chapters: patch.chapters, volumes: patch.volumes };
  const named = given[progress_type];
  const { progress } = patch;
  if (named === null || (named !== undefined && progress !== undefined && named !== progress)) return null;
  const counters = countersOf(former);
  const value = progress ?? named;
  const other = otherCounter(progress_type);
  const values: Written = {
    ...former,
    visibility: patch.visibility ?? former.visibility,
    status: patch.status ?? former.status,
    reread: patch.reread ?? former.reread,
    priority: patch.priority ?? former.priority,
    score: patch.score === undefined ? former.score : patch.score || null,
    start: patch.start === undefined ? former.start : patch.start,
    end: patch.end === undefined ? former.end : patch.end,
    notes: patch.notes === undefined ? former.notes : patch.notes,
    progress_type,
    client_id: client,
  };
  return withCounters(values, {
    ...counters,
    [progress_type]: value ?? counters[progress_type],
    [other]: given[other] === undefined ? counters[other] : given[other],
  });
}
