import type { Cause } from '../reader-log/log-statements.js';
import type { Written } from './entry-statements.js';

/** A change of one entry. */
export interface EntryChange {
  readonly seriesId: number;
  /** The number of the change, which becomes the entry's version. */
  readonly number: number;
  readonly values: Written;
  /** Whether the entry is added. */
  readonly isNew: boolean;
  /** Whether the counters of a new entry count as read today. */
  readonly isProgress: boolean;
}

/** Whose changes they are, and by what they are caused. */
export interface BatchOrigin {
  readonly userId: string;
  readonly client: number;
  readonly cause: Cause;
}
