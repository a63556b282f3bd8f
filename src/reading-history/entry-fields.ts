import { PRIORITIES, PROGRESS_TYPES, READING_STATUSES, VISIBILITIES } from './reading-entry.entity.js';

export type Visibility = (typeof VISIBILITIES)[number];
export type ProgressType = (typeof PROGRESS_TYPES)[number];
export type ReadingStatus = (typeof READING_STATUSES)[number];
export type Priority = (typeof PRIORITIES)[number];

/** Limit of `progress` and of both counters. */
export const MAX_PROGRESS = 99_999;
/** Limit of `reread`. */
export const MAX_REREAD = 9_999;

/** Whether a value is a valid `progress`. */
export function isProgress(value: unknown): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= 0 && value <= MAX_PROGRESS && Number(value.toFixed(2)) === value;
}
