import type { IfMatch } from '../http/entity-tags.js';
import type { EntryRow } from './entry-statements.js';
import { readingStatusChanged } from './reading-history.errors.js';
import { presentEntry } from './reading-history.presenter.js';

/** The versions of a condition; undefined if every version is accepted. Other tags than integers match no entry. */
export function versionsOf(condition: IfMatch | null): readonly number[] | undefined {
  if (condition?.kind !== 'tags') return undefined;
  return condition.tags.filter((tag) => /^[1-9]\d{0,8}$/.test(tag)).map(Number);
}

/** @throws readingStatusChanged if the entry does not satisfy the condition */
export function requireMatch(state: EntryRow | null, condition: IfMatch | null): void {
  if (condition === null) return;
  const isMatch = state !== null && (versionsOf(condition)?.includes(state.version) ?? true);
  if (!isMatch) throw hasChanged(state);
}

/** The error of a condition that the entry does not satisfy. */
export function hasChanged(entry: EntryRow | null) {
  return readingStatusChanged({ fields: { entry: entry && presentEntry(entry) } });
}
