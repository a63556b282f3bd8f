import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EventRow } from '../reader-log/event-statements.js';
import { tooManyReads } from '../reader-log/events.errors.js';
import type { Cause } from '../reader-log/log-statements.js';
import type { UndoClients } from '../reader-log/undo-clients.js';
import { UndoHandlers, type UndoOutcome } from '../reader-log/undo.js';
import { WRITTEN_COLUMNS } from './entry-columns.js';
import type { EntryState, Written } from './entry-statements.js';
import { countersOf, NEW_ENTRY, valuesOfState, withCounters } from './entry-values.js';
import { ReadRepository, readValues } from './read.repository.js';
import { MAX_READS, type ReadRow, type ReadValues } from './read-statements.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import type { ProgressType } from './entry-fields.js';

/** The fields of an entry in an event; those that an update has not changed are absent. */
type EntryFields = Partial<
  Omit<Written, 'other_progress' | 'client_id'> &
    Record<ProgressType, number | null> & { readonly client: number }
>;

/** What the event of a deletion has beside the entry's fields. */
interface DeletedFields {
  readonly created: string;
  readonly read_id: number;
  readonly reads: readonly ReadRow[];
}

/** Undoes changes of entries and reads. */
@Injectable()
export class HistoryUndo implements OnModuleInit {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly reads: ReadRepository,
    private readonly handlers: UndoHandlers,
  ) {}

  onModuleInit(): void {
    this.handlers.register('entry', (...change) => this.undoEntry(...change));
    this.handlers.register('read', (userId, event, cause) => this.undoRead(userId, event, cause));
  }

  private async undoEntry(
    userId: string,
    event: EventRow,
    cause: Cause,
    clients: UndoClients,
  ): Promise<boolean> {
    const { series_id: seriesId, action } = event;
    const state = await this.find(userId, seriesId);
    if (action === 'delete') {
      return state === null && (await this.restore(userId, event, cause, clients));
    }
    if (state === null) return false;
    if (action === 'add') {
      await this.entries.delete(state, await this.reads.list(userId, seriesId), cause);
      return true;
    }
    const current = valuesOfState(state);
    const client = await clients.of(event, current.client_id);
    if (client === null) return false;
    // The columns of an event contain what this feature has written.
    const values = valuesWith(current, { ...(event.before as EntryFields), client });
    return (await this.entries.update(userId, seriesId, values, cause)).kind === 'written';
  }

  /** Adds a deleted entry again, with its reads. */
  private async restore(
    userId: string,
    event: EventRow,
    cause: Cause,
    clients: UndoClients,
  ): Promise<boolean> {
    const { series_id: seriesId } = event;
    const client = await clients.of(event);
    if (client === null) return false;
    const former: EntryFields & DeletedFields = event.before as never;
    const { created, read_id: readId, reads, ...fields } = former;
    const values = valuesWith({ ...NEW_ENTRY, client_id: client }, { ...fields, client });
    const outcome = await this.entries.add(userId, seriesId, values, cause, {
      restored: { created, readId },
    });
    if (outcome.kind !== 'written') return false;
    await this.reads.restore(userId, seriesId, reads);
    return true;
  }

  private async undoRead(userId: string, event: EventRow, cause: Cause): Promise<UndoOutcome> {
    const { series_id: seriesId, resource_id: id } = event;
    if ((await this.find(userId, seriesId)) === null || id === null) return false;
    const reads = await this.reads.list(userId, seriesId);
    const former = reads.find((read) => read.id === id);
    const before = event.before as Partial<ReadValues> | null;
    if (event.action === 'delete') {
      if (former !== undefined) return false;
      if (reads.length >= MAX_READS) return tooManyReads;
      await this.reads.add(userId, seriesId, before as ReadValues, cause, id);
      return true;
    }
    if (former === undefined) return false;
    if (event.action === 'add') await this.reads.delete(userId, seriesId, former, cause);
    else await this.reads.update(userId, seriesId, former, { ...readValues(former), ...before }, cause);
    return true;
  }

  private async find(userId: string, seriesId: number): Promise<EntryState | null> {
    return (await this.entries.states(userId, [seriesId])).get(seriesId) ?? null;
  }
}

/** Values with the fields of an event. */
function valuesWith(values: Written, fields: EntryFields): Written {
  const { client = values.client_id, chapters, volumes } = fields;
  const former = countersOf(values);
  const counters = {
    chapters: chapters === undefined ? former.chapters : chapters,
    volumes: volumes === undefined ? former.volumes : volumes,
  };
  const names = WRITTEN_COLUMNS.filter((name) => Object.hasOwn(fields, name));
  const given = Object.fromEntries(names.map((name) => [name, (fields as Partial<Written>)[name]]));
  return withCounters({ ...values, ...given, client_id: client }, counters);
}
