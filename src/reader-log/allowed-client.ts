import { type RawBuilder, sql } from 'kysely';
import { isEnabledClient } from '../clients/client-filter.js';
import type { Cause } from './log-statements.js';

/** Whether a change may write this client: it is enabled, or an undo restores it, which `UndoClients` has found. */
export function isAllowedClient(id: number, { origin }: Cause): RawBuilder<boolean> {
  return sql<boolean>`(${isEnabledClient(id)} or ${origin}::event_origin = 'undo')`;
}
