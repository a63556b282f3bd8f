/* What an entry of a reader may say of a series. The catalog shows entries beside series. */

export const PROGRESS_TYPES = ['chapters', 'volumes'] as const;
/** `planned`: on the list, but not begun. */
export const READING_STATUSES = ['planned', 'started', 'completed', 'paused', 'dropped'] as const;
export type ProgressType = (typeof PROGRESS_TYPES)[number];
export type ReadingStatus = (typeof READING_STATUSES)[number];
