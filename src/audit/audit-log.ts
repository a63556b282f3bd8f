import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { AuditEntrySchema } from './audit-entry.entity.js';

/** Who did something, and from where. A client key's actor is `client:` and its id. */
export interface Actor {
  readonly id: string;
  readonly ip: string;
}

/** The actor that a signed-in user is. */
export function actorOf({ userId, ip }: { readonly userId: string; readonly ip: string }): Actor {
  return { id: userId, ip };
}

/** The operator of the server, who needs no account. */
export const SERVER: Actor = { id: 'server', ip: '' };

/** What an entry says instead of a name or an address that was given or changed: erased users are erased here, too. */
export const WITHHELD = '(changed)';

/** What was done. Names, addresses and secrets are recorded as changed, never with their values. */
export interface AuditedAction {
  readonly action: string;
  readonly target: string | null;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

/**
 * What differs between two states, for an entry; names and addresses without their values. Null when nothing does.
 *
 * @param withheld the fields that are names or addresses
 */
export function changesBetween<State extends object>(
  before: State,
  after: State,
  withheld: readonly string[] = ['name'],
): { before: Record<string, unknown>; after: Record<string, unknown> } | null {
  const fields = Object.keys(after) as (keyof State & string)[];
  const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (changed.length === 0) return null;
  const of = (state: State) =>
    Object.fromEntries(changed.map((field) => [field, withheld.includes(field) ? WITHHELD : state[field]]));
  return { before: of(before), after: of(after) };
}

/** Writes the audit log. */
@Injectable()
export class AuditLog {
  constructor(private readonly em: EntityManager) {}

  /** Adds an entry to the open transaction, which it describes: both are committed, or neither. */
  record(actor: Actor, { action, target, before, after }: AuditedAction): void {
    this.em.create(
      AuditEntrySchema,
      {
        actor: actor.id,
        ip: actor.ip,
        action,
        target,
        result: 'success',
        before: before ?? null,
        after: after ?? null,
      },
      { persist: true },
    );
  }
}
