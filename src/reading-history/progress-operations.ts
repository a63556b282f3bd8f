export const PROGRESS_OPERATIONS = ['set', 'max', 'increment'] as const;
export type ProgressOperation = (typeof PROGRESS_OPERATIONS)[number];
