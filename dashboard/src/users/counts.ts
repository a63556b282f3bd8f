import type { UserCounts } from '../api/client';

/** What the service counts of each user. */
export const COUNTS = ['entries', 'ratings', 'items', 'photos'] as const satisfies (keyof UserCounts)[];
