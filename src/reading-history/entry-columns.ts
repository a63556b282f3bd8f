import { type RawBuilder, sql } from 'kysely';
import { timestamp } from '../database/expressions.js';

/** The columns that a request sets. */
export const WRITTEN_COLUMNS = [
  'visibility',
  'progress_type',
  'progress',
  'status',
  'reread',
  'score',
  'priority',
  'start',
  'end',
  'notes',
  'client_id',
] as const;

/** The columns of an entry (`e`) for responses. */
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
 * Condition for entries (`e`) or counters (`c`) that other users may see. Every query for other users has it, so that
 * rows, totals, orders and searches do not depend on private entries.
 */
export function isVisibleToOthers(of: 'e' | 'c'): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${of}.visibility`)} = 'public'`;
}
