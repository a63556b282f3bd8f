import { type RawBuilder, sql } from 'kysely';
import { timestamp } from '../database/expressions.js';
import { changedFields, fields, NO_FIELDS } from '../reader-log/log-statements.js';
import type { EventFields } from '../reader-log/reader-event.entity.js';
import { counterOf, WRITTEN_COLUMNS } from './entry-columns.js';

/** The columns of every event of a written entry. */
const EVENT = {
  kind: 'entry' as const,
  number: sql.ref<number>('written.version'),
  seriesId: sql.ref<number>('written.series_id'),
};

/** The fields of an addition that the database sets. */
const ADDED_FIELDS = {
  created: timestamp('written.created'),
  last_update: timestamp('written.last_update'),
  read_id: sql.ref('written.read_id'),
};

/**
 * The event of an addition.
 *
 * @param given the fields that the statement is given
 */
export function additionOf(given: RawBuilder<EventFields | null>) {
  return {
    ...EVENT,
    action: 'add' as const,
    before: NO_FIELDS,
    after: sql<EventFields>`${given} || ${fields(ADDED_FIELDS)}`,
  };
}

/** The fields of an update, before (`held`) and after (`written`). */
const LOGGED = Object.fromEntries([
  ...WRITTEN_COLUMNS.filter((name) => name !== 'other_progress' && name !== 'client_id').map(
    (name) => [name, [sql.ref(`held.${name}`), sql.ref(`written.${name}`)]] as const,
  ),
  ...(['chapters', 'volumes'] as const).map(
    (name) => [name, [counterOf('held', name), counterOf('written', name)]] as const,
  ),
  ['client', [sql.ref('held.client_id'), sql.ref('written.client_id')]] as const,
]);

/** The fields that an update has changed, as a relation of one row for each entry. */
export const CHANGED = changedFields(LOGGED);

/** The event of an update; its statement joins `CHANGED`. */
export const UPDATE_EVENT = {
  ...EVENT,
  action: 'update' as const,
  before: sql.ref<EventFields>('changed.before'),
  after: sql.ref<EventFields>('changed.after'),
};
