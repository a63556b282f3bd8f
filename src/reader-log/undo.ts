import { Injectable } from '@nestjs/common';
import type { ErrorFactory } from '../http/app-error.js';
import type { EventRow, LaterEvent } from './event-statements.js';
import type { Cause } from './log-statements.js';
import type { EventKind } from './reader-event.entity.js';
import type { UndoClients } from './undo-clients.js';

/** Whether an event was undone: false if the resource is not as the event left it, or the error that says why not. */
export type UndoOutcome = boolean | ErrorFactory;

/** Restores the state before an event, in a transaction that holds the counter. */
export type UndoHandler = (
  userId: string,
  event: EventRow,
  cause: Cause,
  clients: UndoClients,
) => Promise<UndoOutcome>;

/** The features' handlers of undos. A feature registers its own when its module starts. */
@Injectable()
export class UndoHandlers {
  private readonly handlers = new Map<EventKind, UndoHandler>();

  register(kind: EventKind, handler: UndoHandler): void {
    this.handlers.set(kind, handler);
  }

  async undo(userId: string, event: EventRow, cause: Cause, clients: UndoClients): Promise<UndoOutcome> {
    const handler = this.handlers.get(event.kind);
    if (handler === undefined) throw new Error(`Nothing undoes a change of the kind ${event.kind}`);
    return handler(userId, event, cause, clients);
  }
}

/**
 * Whether the resource of an event has been changed since by another origin. A later change that has been undone does
 * not count, nor does its undo.
 *
 * @param later the later events of the reader, newest first
 */
export function isOvertaken(event: EventRow, later: readonly LaterEvent[]): boolean {
  const undone = new Set<number>();
  for (const one of later) {
    if (one.number <= event.number || !isSameResource(event, one)) continue;
    if (undone.has(one.number)) continue;
    if (one.undoes !== null && one.undoes > event.number) undone.add(one.undoes);
    else if (!isSameOrigin(event, one)) return true;
  }
  return false;
}

function isSameOrigin(event: EventRow, other: LaterEvent): boolean {
  return event.origin !== 'request' && event.origin === other.origin && event.origin_id === other.origin_id;
}

/** Whether a later event is one of the same resource, or one that decides whether the resource exists. */
function isSameResource(event: EventRow, other: LaterEvent): boolean {
  if (event.series_id !== other.series_id) return false;
  if (event.kind === 'item') return other.kind === 'item' && event.volume_id === other.volume_id;
  if (event.kind === 'rating') return other.kind === 'rating';
  if (event.kind === 'entry') {
    return other.kind === 'entry' || (other.kind === 'read' && event.action !== 'update');
  }
  if (other.kind === 'read') return event.resource_id === other.resource_id;
  return other.kind === 'entry' && other.action !== 'update';
}
