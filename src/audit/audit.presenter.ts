import type { AuditEntryDto } from './audit.dto.js';
import type { AuditRow } from './audit-entry.repository.js';

/** An entry of the audit log as administrators see it. */
export function presentAuditEntry(row: AuditRow): AuditEntryDto {
  return {
    id: row.id,
    at: row.at,
    actor: row.actor,
    actor_name: row.actor_name,
    action: row.action,
    target: row.target,
    target_name: row.target_name,
    ip: row.ip,
    result: row.result,
    before: row.before,
    after: row.after,
  };
}
