import type { EntryState, Written } from './entry-statements.js';
import { countersOf, NEW_ENTRY, valuesOfState, withCounters } from './entry-values.js';
import { endsBeforeStart } from './partial-date.js';
import type { ProgressOperation } from './progress-operations.js';
import { MAX_PROGRESS, type ProgressType } from './entry-fields.js';

/** A change of one counter of an entry. */
export interface ProgressCommand {
  readonly operation: ProgressOperation;
  readonly value: number;
  /** The counter; by default the entry's, else `chapters`. */
  readonly progressType: ProgressType | undefined;
  readonly client: number;
  /** The start of the entry, if it has none. */
  readonly date: string | null;
}

/** The outcome of a command. */
export type Progressed =
  | { readonly kind: 'changed'; readonly values: Written }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'too-large' };

/** Statuses that become `started` when a counter grows. */
const RESUMED = new Set(['planned', 'paused', 'dropped']);

/** Applies a command to an entry, or to none. */
export function applyProgress(state: EntryState | null, command: ProgressCommand): Progressed {
  const { value, client, date } = command;
  if (state === null) {
    const progress_type = command.progressType ?? 'chapters';
    return {
      kind: 'changed',
      values: { ...NEW_ENTRY, progress_type, progress: value, start: date, client_id: client },
    };
  }
  const counter = command.progressType ?? state.progress_type;
  const former = state[counter] ?? 0;
  const result = resultOf(command, former);
  if (result > MAX_PROGRESS) return { kind: 'too-large' };
  const values = valuesOfState(state);
  const status = result > former && RESUMED.has(state.status) ? 'started' : state.status;
  const start = startOf(state, date);
  if (result === former && status === state.status && start === state.start) return { kind: 'unchanged' };
  const counters = result === former ? countersOf(values) : { ...countersOf(values), [counter]: result };
  return {
    kind: 'changed',
    values: { ...withCounters(values, counters), status, start, client_id: client },
  };
}

function resultOf({ operation, value }: ProgressCommand, former: number): number {
  if (operation === 'set') return value;
  // Rounded, because 0.1 + 0.2 has more than two fraction digits in binary.
  return operation === 'max' ? Math.max(former, value) : Math.round((former + value) * 100) / 100;
}

/** A date that lies after the end of the entry is ignored. */
function startOf({ start, end }: EntryState, date: string | null): string | null {
  if (start !== null || date === null) return start;
  return end !== null && endsBeforeStart(date, end) ? null : date;
}
