import type { Day } from '../api/client';

/** What the service counts on each day. */
export const METRICS = [
  'users',
  'sign_ins',
  'entries',
  'ratings',
  'items',
  'photos',
] as const satisfies (keyof Day)[];
export type Metric = (typeof METRICS)[number];
