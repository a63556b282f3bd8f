import { Injectable } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { IfMatch } from '../http/entity-tags.js';
import { badRequest, invalid } from '../http/problems.js';
import { requestBy } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import { requireMatch } from './entry-condition.js';
import type { EntryRow, EntryState } from './entry-statements.js';
import { countersOf, valuesOfState, withCounters } from './entry-values.js';
import { endsBeforeStart } from './partial-date.js';
import { ReadRepository, readValues } from './read.repository.js';
import { MAX_READS, type ReadRow, type ReadValues, UNKNOWN_READ } from './read-statements.js';
import { ReadingEntryRepository } from './reading-entry.repository.js';
import { readingStatusMissing } from './reading-history.errors.js';
import type { CreateReadDto, ReadDto, RestartDto, UpdateReadDto } from './reads.dto.js';
import { readIsCurrent, readNotBegun, readNotFound } from './reads.errors.js';
import { tooManyReads } from '../reader-log/events.errors.js';
import { presentReads } from './reads.presenter.js';

/** The times that a reader has read a series. The current read is the entry; the others are former reads. */
@Injectable()
export class ReadsService {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly reads: ReadRepository,
    private readonly log: ReaderLog,
  ) {}

  /** All reads of a series. @throws readingStatusMissing */
  async list(userId: string, seriesId: number): Promise<ReadDto[]> {
    const entry = (await this.entries.states(userId, [seriesId])).get(seriesId);
    if (entry === undefined) throw readingStatusMissing();
    return presentReads(await this.reads.list(userId, seriesId), entry);
  }

  /**
   * Stores the entry's values as a former read, and resets the entry.
   *
   * @throws unknownClient, readingStatusChanged, readingStatusMissing, readNotBegun, tooManyReads
   */
  async restart(
    viewer: Viewer,
    seriesId: number,
    { client, device, date = null }: RestartDto,
    condition: IfMatch | null,
  ): Promise<EntryRow> {
    return this.changing(viewer, seriesId, client, condition, async (entry) => {
      const values = valuesOfState(entry);
      const counters = countersOf(values);
      if (!counters.chapters && !counters.volumes) throw readNotBegun();
      if (entry.former_reads >= MAX_READS) throw tooManyReads();
      const { start, end, score, notes } = values;
      const status = values.status === 'planned' ? 'started' : values.status;
      const cause = requestBy(viewer, client, device ?? null);
      await this.reads.add(viewer.userId, seriesId, { status, start, end, ...counters, score, notes }, cause);
      const reset = {
        ...withCounters(values, { chapters: zeroed(counters.chapters), volumes: zeroed(counters.volumes) }),
        status: 'started' as const,
        start: date,
        end: null,
        client_id: client,
      };
      const outcome = await this.entries.update(viewer.userId, seriesId, reset, cause);
      if (outcome.kind !== 'written') throw readingStatusMissing();
      return outcome.entry;
    });
  }

  /** Adds a former read. @throws unknownClient, readingStatusChanged, readingStatusMissing, tooManyReads */
  async add(
    viewer: Viewer,
    seriesId: number,
    { client, ...read }: CreateReadDto,
    condition: IfMatch | null,
  ): Promise<ReadDto> {
    return this.changing(viewer, seriesId, client, condition, async (entry) => {
      if (entry.former_reads >= MAX_READS) throw tooManyReads();
      const id = await this.reads.add(
        viewer.userId,
        seriesId,
        merge(UNKNOWN_READ, read),
        requestBy(viewer, client),
      );
      return this.get(viewer.userId, seriesId, id);
    });
  }

  /**
   * Changes the given fields of a former read.
   *
   * @throws unknownClient, invalidParameters, readingStatusChanged, readingStatusMissing, readNotFound, readIsCurrent
   */
  async update(
    viewer: Viewer,
    seriesId: number,
    id: number,
    { client, ...changes }: UpdateReadDto,
    condition: IfMatch | null,
  ): Promise<ReadDto> {
    return this.changing(viewer, seriesId, client, condition, async (entry) => {
      const former = await this.getFormer(entry, id);
      const values = merge(readValues(former), changes);
      if (values.start !== null && values.end !== null && endsBeforeStart(values.start, values.end))
        throw badRequest([invalid('end', 'must not lie before start')]);
      const isChanged = JSON.stringify(values) !== JSON.stringify(merge(readValues(former), {}));
      if (isChanged)
        await this.reads.update(viewer.userId, seriesId, former, values, requestBy(viewer, client ?? null));
      return this.get(viewer.userId, seriesId, id);
    });
  }

  /** Deletes a former read. @throws readingStatusChanged, readingStatusMissing, readNotFound, readIsCurrent */
  async delete(viewer: Viewer, seriesId: number, id: number, condition: IfMatch | null): Promise<void> {
    await this.changing(viewer, seriesId, undefined, condition, async (entry) => {
      await this.reads.delete(viewer.userId, seriesId, await this.getFormer(entry, id), requestBy(viewer));
    });
  }

  /** Runs `work` in a transaction that no other change of the reader is concurrent with. */
  private async changing<T>(
    { userId }: Viewer,
    seriesId: number,
    client: number | undefined,
    condition: IfMatch | null,
    work: (entry: EntryState) => Promise<T>,
  ): Promise<T> {
    return this.log.exclusively(userId, async () => {
      const { state, clientKnown } = await this.entries.findBase(userId, seriesId, client ?? 0);
      if (client !== undefined && !clientKnown) throw unknownClient();
      requireMatch(state, condition);
      if (state === null) throw readingStatusMissing();
      return work(state);
    });
  }

  private async getFormer(
    { user_id: userId, series_id: seriesId, read_id }: EntryState,
    id: number,
  ): Promise<ReadRow> {
    if (id === read_id) throw readIsCurrent();
    const former = (await this.reads.list(userId, seriesId)).find((read) => read.id === id);
    if (former === undefined) throw readNotFound();
    return former;
  }

  private async get(userId: string, seriesId: number, id: number): Promise<ReadDto> {
    const read = (await this.list(userId, seriesId)).find((one) => one.id === id);
    if (read === undefined) throw readNotFound();
    return read;
  }
}

/** The values with the given changes. A score of 0 means unscored. */
function merge(values: ReadValues, changes: Partial<ReadValues>): ReadValues {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const { status, start, end, chapters, volumes, score, notes } = { ...values, ...given };
  return { status, start, end, chapters, volumes, score: score || null, notes };
}

/** A counter that counts begins again at 0. */
function zeroed(counter: number | null): 0 | null {
  return counter === null ? null : 0;
}
