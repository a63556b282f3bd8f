import { type RawBuilder, sql } from 'kysely';
import { timestamp } from '../database/expressions.js';

/** The columns of an entry (`e`) that clients see. */
export const ENTRY_COLUMNS = [
  'e.user_id',
  'e.series_id',
  'e.visibility',
  'e.progress_type',
  'e.progress',
  'e.status',
  'e.reread',
  'e.score',
  'e.priority',
  'e.start',
  'e.end',
  'e.notes',
  'e.client_id as entry_client',
  timestamp('e.last_update').as('last_update'),
] as const;

/**
 * What others may see of a reader's entries (`e`) and their counters (`c`). Every query that shows them to others filters
 * by it, so that neither rows, totals, orders nor searches depend on a private entry.
 */
export function isVisibleToOthers(of: 'e' | 'c'): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${of}.visibility`)} = 'public'`;
}
