import { Injectable } from '@nestjs/common';
import { type ErrorFactory, forbidden } from '../http/app-error.js';
import type { EventRow } from './event-statements.js';
import type { EventPageDto, EventsQuery, UndoOriginDto, UndoResultDto } from './events.dto.js';
import { changedSince, eventNotFound, tooLateToUndo } from './events.errors.js';
import { presentEvent } from './events.presenter.js';
import { causedBy } from './log-statements.js';
import { ReaderLog } from './reader-log.js';
import { ReaderLogRepository } from './reader-log.repository.js';
import { UndoClients } from './undo-clients.js';
import { isOvertaken, UndoHandlers } from './undo.js';

/** Maximum number of changes that one transaction undoes. */
const CHUNK = 100;
const MAX_NUMBER = 2_147_483_647;

/** The log of a reader's changes, and their undo. */
@Injectable()
export class EventsService {
  constructor(
    private readonly events: ReaderLogRepository,
    private readonly log: ReaderLog,
    private readonly handlers: UndoHandlers,
  ) {}

  /** A page of the log, newest first. */
  async list(userId: string, query: EventsQuery): Promise<EventPageDto> {
    const { kind, series, origin, since, until, before, limit } = query;
    const selection = { userId, kind, series, origin, since, until, before, limit: limit + 1 };
    const rows = await this.events.page(selection);
    const shown = rows.slice(0, limit);
    return {
      events: shown.map((row) => presentEvent(userId, row)),
      next: rows.length > limit ? (shown.at(-1)?.number ?? null) : null,
    };
  }

  /** Undoes one change. @throws eventNotFound, forbidden, tooLateToUndo, changedSince, tooManyReads */
  async undo(userId: string, number: number): Promise<UndoResultDto> {
    return this.log.exclusively(userId, async () => {
      const event = await this.events.find(userId, number);
      if (event === undefined) throw eventNotFound();
      const [refusal] = await this.undoAll(userId, [event], await this.log.take(userId));
      if (refusal) throw refusal();
      return { undone: 1, skipped: [] };
    });
  }

  /**
   * Undoes a bulk, an import or an undo, newest change first, in transactions of `CHUNK` changes. Inside a transaction,
   * that of an `Idempotency-Key`, all of it is one transaction.
   *
   * @throws eventNotFound, tooLateToUndo
   */
  async undoOrigin(userId: string, origin: UndoOriginDto): Promise<UndoResultDto> {
    const result: UndoResultDto = { undone: 0, skipped: [] };
    let before = MAX_NUMBER;
    let undoId: number | null = null;
    for (;;) {
      const chunk = await this.log.exclusively(userId, async () => {
        const events = await this.events.ofOrigin(userId, origin, before, CHUNK);
        if (undoId === null && events.length === 0) throw eventNotFound();
        if (undoId === null && events[0]?.is_old) throw tooLateToUndo();
        if (events.length === 0) return null;
        const id = undoId ?? (await this.log.take(userId));
        return { id, events, refusals: await this.undoAll(userId, events, id) };
      });
      if (chunk === null) return result;
      for (const [index, { series_id, volume_id }] of chunk.events.entries()) {
        const refusal = chunk.refusals[index];
        if (refusal) result.skipped.push({ series_id, volume_id, data: refusal.message });
        else result.undone++;
      }
      before = chunk.events.at(-1)?.number ?? 0;
      undoId = chunk.id;
      if (chunk.events.length < CHUNK) return result;
    }
  }

  /**
   * Undoes events, newest first, as the origin `{type: "undo", id}`.
   *
   * @returns for each event null, or the error that says why it was not undone
   */
  private async undoAll(
    userId: string,
    events: readonly EventRow[],
    id: number,
  ): Promise<(ErrorFactory | null)[]> {
    const later = await this.events.later(userId, events);
    const mayRate = !events.some(({ kind }) => kind === 'rating') || (await this.events.mayRate(userId));
    const clients = new UndoClients(this.events);
    const refusals: (ErrorFactory | null)[] = [];
    for (const event of events) {
      if (event.kind === 'rating' && !mayRate) refusals.push(forbidden);
      else if (event.is_old) refusals.push(tooLateToUndo);
      else if (isOvertaken(event, later)) refusals.push(changedSince);
      else {
        const cause = { ...causedBy('undo', id), undoes: event.number };
        const outcome = await this.handlers.undo(userId, event, cause, clients);
        refusals.push(typeof outcome === 'boolean' ? (outcome ? null : changedSince) : outcome);
      }
    }
    return refusals;
  }
}
