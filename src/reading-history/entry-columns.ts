import { type RawBuilder, sql } from 'kysely';
import { timestamp } from '../database/expressions.js';

/** The columns that a change sets. */
export const WRITTEN_COLUMNS = [
  'visibility',
  'progress_type',
  'progress',
  'other_progress',
  'status',
  'reread',
  'score',
  'priority',
  'start',
  'end',
  'notes',
  'client_id',
] as const;

/** The columns of an entry that is added. */
export const ADDED_COLUMNS = [
  'user_id',
  'series_id',
  ...WRITTEN_COLUMNS,
  'created',
  'last_update',
  'version',
  'read_id',
  'series_name',
  'series_client',
] as const;

/** A counter of the entry in the relation `of`: `progress` if `progress_type` names it, else `other_progress`. */
export function counterOf(of: string, counter: 'chapters' | 'volumes'): RawBuilder<number | null> {
  return sql<number | null>`case ${sql.ref(`${of}.progress_type`)} when ${sql.lit(counter)}
    then ${sql.ref(`${of}.progress`)} else ${sql.ref(`${of}.other_progress`)} end`;
}

/** The columns of an entry (`e`) for responses. */
export const ENTRY_COLUMNS = [
  'e.user_id',
  'e.series_id',
  'e.visibility',
  'e.progress_type',
  'e.progress',
  counterOf('e', 'chapters').as('chapters'),
  counterOf('e', 'volumes').as('volumes'),
  'e.status',
  sql<number>`greatest(e.reread, e.former_reads)`.as('reread'),
  'e.score',
  'e.priority',
  'e.start',
  'e.end',
  'e.notes',
  'e.client_id as entry_client',
  timestamp('e.last_update').as('last_update'),
  timestamp('e.created').as('created'),
  'e.version',
] as const;

/** The columns of an entry (`e`) for responses, and those that the next state is computed from. */
export const STATE_COLUMNS = [
  ...ENTRY_COLUMNS,
  'e.other_progress',
  'e.reread as stored_reread',
  'e.read_id',
  'e.former_reads',
] as const;

/**
 * Condition for entries (`e`) or counters (`c`) that other users may see. Every query for other users has it, so that
 * rows, totals, orders and searches do not depend on private entries.
 */
export function isVisibleToOthers(of: 'e' | 'c'): RawBuilder<boolean> {
  return sql<boolean>`${sql.ref(`${of}.visibility`)} = 'public'`;
}
