import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';

/**
 * An action of an administrator, a client key or the operator. Entries refer to users by id, without a foreign key,
 * so that they survive the deletion of a user. A trigger rejects changes and deletions of entries.
 */
export const AuditEntrySchema = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entries',
  indexes: [
    { name: 'audit_entries_by_time', properties: ['at', 'id'] },
    { name: 'audit_entries_by_actor', properties: ['actor', 'at', 'id'] },
    { name: 'audit_entries_by_target', properties: ['target', 'at', 'id'] },
    { name: 'audit_entries_by_action', properties: ['action', 'at', 'id'] },
  ],
  triggers: [
    ...totalCounterTriggers('audit_entries', 'audit', ['insert']),
    {
      name: 'audit_entries_append_only',
      timing: 'before',
      events: ['update', 'delete', 'truncate'],
      forEach: 'statement',
      expression:
        'create trigger "audit_entries_append_only" before update or delete or truncate on "audit_entries" for each statement execute function refuse_change()',
    },
  ],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.datetime(3).defaultRaw('current_timestamp(3)'),
    actor: p.text().nullable(),
    action: p.text(),
    target: p.text().nullable(),
    ip: p.text().nullable(),
    result: p.text(),
    before: p.json().$type<Record<string, unknown> | null>().nullable(),
    after: p.json().$type<Record<string, unknown> | null>().nullable(),
  },
});

export type AuditEntry = InferEntity<typeof AuditEntrySchema>;
