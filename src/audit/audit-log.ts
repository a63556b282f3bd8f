import { Injectable } from '@nestjs/common';
import type { AuditAction } from './audit-actions.js';
import { AuditEntryRepository } from './audit-entry.repository.js';

/**
 * The author of an action, and the IP address of the request. For a client key, `id` is `client:` and the client's
 * id.
 */
export interface Actor {
  readonly id: string;
  readonly ip: string;
}

/** The actor for a signed-in user. */
export function actorOf({ userId, ip }: { readonly userId: string; readonly ip: string }): Actor {
  return { id: userId, ip };
}

/** The operator of the server, who needs no account. */
export const SERVER: Actor = { id: 'server', ip: '' };

/** Replaces names and e-mail addresses in entries, so that no personal data of a deleted user remains. */
export const REDACTED = '(changed)';

/** An action to record. Names, addresses and secrets are recorded as changed, never with their values. */
export interface AuditedAction {
  readonly action: AuditAction;
  readonly target: string | null;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

/**
 * Compares two states for an entry; names and addresses are redacted. Null if the states are equal.
 *
 * @param redacted the fields that are names or addresses
 */
export function changesBetween<State extends object>(
  before: State,
  after: State,
  redacted: readonly string[] = ['name'],
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const fields = Object.keys(after) as (keyof State & string)[];
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length === 0) return null;
  const of = (state: State) =>
    Object.fromEntries(changed.map((field) => [field, redacted.includes(field) ? REDACTED : state[field]]));
  return { before: of(before), after: of(after) };
}

/** Writes the audit log. */
@Injectable()
export class AuditLog {
  constructor(private readonly entries: AuditEntryRepository) {}

  /** Adds an entry to the open transaction: the change and its entry are committed together. */
  record(actor: Actor, { action, target, before, after }: AuditedAction): void {
    this.entries.add({
      actor: actor.id,
      ip: actor.ip,
      action,
      target,
      result: 'success',
      before: before ?? null,
      after: after ?? null,
    });
  }
}
