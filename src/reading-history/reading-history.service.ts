import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { CatalogChanges } from '../catalog/catalog-changes.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { readingLanguage } from '../catalog/languages.js';
import { unknownClient } from '../clients/clients.errors.js';
import type { IfMatch } from '../http/entity-tags.js';
import { invalid, badRequest } from '../http/problems.js';
import { requestBy } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { ReadRepository } from './read.repository.js';
import type { Audience, HistoryRow } from './history-page.js';
import type { EntryRow, EntryState, Written } from './entry-statements.js';
import { hasChanged, requireMatch, versionsOf } from './entry-condition.js';
import { otherCounter, valuesOf } from './entry-values.js';
import { applyProgress } from './progress-command.js';
import { type EntryBase, ReadingEntryRepository, type StatusCounts } from './reading-entry.repository.js';
import type { HistoryQuery } from './reading-history.dto.js';
import type { ProgressDto } from './progress.dto.js';
import type { SaveReadingEntryDto } from './reading-entry.dto.js';
import { readingStatusExists, readingStatusMissing } from './reading-history.errors.js';

/** A page of entries. */
interface Page {
  readonly total: number;
  readonly counts: StatusCounts;
  readonly rows: HistoryRow[];
}

/** The users' entries about the series that they read. */
@Injectable()
export class ReadingHistoryService implements OnModuleInit {
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly reads: ReadRepository,
    private readonly log: ReaderLog,
    private readonly changes: CatalogChanges,
    private readonly deletion: AccountDeletion,
  ) {}

  onModuleInit(): void {
    this.changes.register((externalIds) => this.entries.refreshSortKeys(externalIds));
    this.deletion.register((userId) => this.entries.deleteTombstones(userId));
  }

  /** A page of the user's own history. @throws unknownClient */
  async list(userId: string, query: HistoryQuery): Promise<Page> {
    return this.page(userId, 'reader', query);
  }

  /** A page of a user's public entries. @throws unknownClient */
  async listPublic(userId: string, query: HistoryQuery): Promise<Page> {
    return this.page(userId, 'others', query);
  }

  /** The number of a user's public entries by status. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    return this.entries.publicCounts(userId);
  }

  /** The user's entry, or null. @throws seriesNotFound */
  async find(userId: string, seriesId: number): Promise<EntryRow | null> {
    const outcome = await this.entries.find(userId, seriesId);
    if (outcome.kind === 'no-series') throw seriesNotFound();
    return outcome.entry;
  }

  /** @throws unknownClient, seriesNotFound, readingStatusExists */
  async add(viewer: Viewer, seriesId: number, entry: SaveReadingEntryDto): Promise<EntryRow> {
    const cause = requestBy(viewer, entry.client);
    const outcome = await this.entries.add(viewer.userId, seriesId, valuesOf(entry, null), cause);
    if (outcome.kind === 'no-client') throw unknownClient();
    if (outcome.kind === 'no-series') throw seriesNotFound();
    if (outcome.kind !== 'written') throw readingStatusExists();
    return outcome.entry;
  }

  /** Replaces the entry. @throws unknownClient, readingStatusChanged, readingStatusMissing */
  async update(
    viewer: Viewer,
    seriesId: number,
    entry: SaveReadingEntryDto,
    condition: IfMatch | null,
  ): Promise<EntryRow> {
    const { userId } = viewer;
    const outcome = await this.entries.update(
      userId,
      seriesId,
      valuesOf(entry, null),
      requestBy(viewer, entry.client),
      { keepsOther: entry[otherCounter(entry.progressType)] === undefined, versions: versionsOf(condition) },
    );
    if (outcome.kind === 'no-client') throw unknownClient();
    if (outcome.kind === 'written') return outcome.entry;
    if (condition === null) throw readingStatusMissing();
    const found = await this.entries.find(userId, seriesId);
    throw hasChanged(found.kind === 'found' ? found.entry : null);
  }

  /** @throws readingStatusChanged, readingStatusMissing */
  async delete(viewer: Viewer, seriesId: number, condition: IfMatch | null): Promise<void> {
    const { userId } = viewer;
    await this.log.exclusively(userId, async () => {
      const state = (await this.entries.states(userId, [seriesId])).get(seriesId) ?? null;
      requireMatch(state, condition);
      if (state === null) throw readingStatusMissing();
      const former = state.former_reads === 0 ? [] : await this.reads.list(userId, seriesId);
      await this.entries.delete(state, former, requestBy(viewer));
    });
  }

  /**
   * Changes a counter of the entry, which is added if there is none.
   *
   * @throws unknownClient, invalidParameters, readingStatusChanged, seriesNotFound
   */
  async progress(
    viewer: Viewer,
    seriesId: number,
    command: ProgressDto,
    condition: IfMatch | null,
  ): Promise<EntryRow> {
    const attempt = () => this.attemptProgress(viewer, seriesId, command, condition);
    // A change by another request in between is rare: then the command waits for its turn.
    return (await attempt()) ?? (await this.log.exclusively(viewer.userId, attempt)) ?? this.unreachable();
  }

  /** Applies the command to the current entry. @returns null if the entry was changed meanwhile */
  private async attemptProgress(
    viewer: Viewer,
    seriesId: number,
    { op: operation, value, progressType, client, device, date = null }: ProgressDto,
    condition: IfMatch | null,
  ): Promise<EntryRow | null> {
    const { userId } = viewer;
    const base = await this.entries.findBase(userId, seriesId, client);
    requireClient(base);
    const { state } = base;
    const outcome = applyProgress(state, { operation, value, progressType, client, date });
    if (outcome.kind === 'too-large') throw badRequest([invalid('value', 'makes the counter too large')]);
    requireMatch(state, condition);
    if (!base.seriesKnown) throw seriesNotFound();
    if (outcome.kind === 'unchanged') return state;
    return this.save(userId, seriesId, state, outcome.values, requestBy(viewer, client, device ?? null));
  }

  /** Adds or replaces the entry by a command, if it is still in this state. @returns null if it is not */
  private async save(
    userId: string,
    seriesId: number,
    state: EntryState | null,
    values: Written,
    cause: ReturnType<typeof requestBy>,
  ): Promise<EntryState | null> {
    const outcome =
      state === null
        ? await this.entries.add(userId, seriesId, values, cause, { isProgress: true })
        : await this.entries.update(userId, seriesId, values, cause, { versions: [state.version] });
    if (outcome.kind === 'no-client') throw unknownClient();
    return outcome.kind === 'written' ? outcome.entry : null;
  }

  private unreachable(): never {
    throw new Error('An entry was changed although its counter is locked');
  }

  private async page(userId: string, audience: Audience, query: HistoryQuery): Promise<Page> {
    const { order = 'update-desc', search, status, client, limit, offset } = query;
    const language = readingLanguage(query.user_lang);
    const page = await this.entries.page({
      userId,
      audience,
      order,
      search,
      status,
      client,
      language,
      isCard: query.view === 'card',
      limit,
      offset,
    });
    if (!page.clientKnown) throw unknownClient();
    return page;
  }
}

function requireClient({ clientKnown }: EntryBase): void {
  if (!clientKnown) throw unknownClient();
}
