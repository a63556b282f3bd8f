import { Injectable } from '@nestjs/common';
import { isTranslated } from '../catalog/series-projection.js';
import { Sql } from '../database/sql.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import type { Cause } from '../reader-log/log-statements.js';
import { ADD_BATCH, type BatchItem, UPDATE_BATCH } from './batch-statements.js';
import type { BatchOrigin, EntryChange } from './entry-change.js';
import {
  ADD,
  DELETE,
  DELETE_TOMBSTONES,
  type EntryRow,
  type EntryState,
  FIND,
  FIND_STATE,
  KNOWN_SERIES,
  PUBLIC_COUNTS,
  SERIES_EXISTS,
  STATES,
  UPDATE,
  type Written,
} from './entry-statements.js';
import { eventFields, valuesOfState } from './entry-values.js';
import type { ReadRow } from './read-statements.js';
import { type Audience, HISTORY_PAGE, type HistoryRow } from './history-page.js';
import { REFRESH_SORT_KEYS } from './refresh-sort-keys.js';
import { READING_STATUSES } from './reading-entry.entity.js';
import type { HistoryOrder } from './reading-history.dto.js';
import type { ReadingStatus } from './entry-fields.js';

/** Number of a user's entries by status. */
export type StatusCounts = Record<ReadingStatus, number>;

const NO_ENTRIES: Readonly<StatusCounts> = { planned: 0, started: 0, completed: 0, paused: 0, dropped: 0 };

/** A page of a reader's history; `clientKnown` is false when the client of the selection is unknown or disabled. */
export interface HistoryPage {
  readonly total: number;
  /** Whatever the statuses of the selection. */
  readonly counts: StatusCounts;
  readonly clientKnown: boolean;
  readonly rows: HistoryRow[];
}

/** Filters, order and range of a page. */
export interface HistorySelection {
  readonly userId: string;
  readonly audience: Audience;
  readonly order: HistoryOrder;
  readonly search: string | undefined;
  readonly status: readonly ReadingStatus[] | undefined;
  readonly client: number | undefined;
  readonly language: string;
  readonly isCard: boolean;
  readonly limit: number;
  readonly offset: number;
}

/** Outcome of adding an entry. */
export type AddOutcome =
  | { readonly kind: 'written'; readonly entry: EntryState }
  | { readonly kind: 'exists' }
  | { readonly kind: 'no-series' }
  | { readonly kind: 'no-client' };

/** Outcome of replacing an entry; `no-entry` also if it has none of the required versions. */
export type UpdateOutcome =
  { readonly kind: 'written'; readonly entry: EntryState } | { readonly kind: 'no-entry' | 'no-client' };

/** The entry that a change starts from; null for none. */
export interface EntryBase {
  readonly state: EntryState | null;
  readonly clientKnown: boolean;
  readonly seriesKnown: boolean;
}

/** The values that an undo or an import restores beside those of the entry. */
export interface Restored {
  readonly created: string;
  /** Null for the number of the change. */
  readonly readId: number | null;
}

/** How an entry is added. */
export interface Addition {
  readonly restored?: Restored | undefined;
  /** Whether a progress command adds the entry, so that its counters count as read today. */
  readonly isProgress?: boolean;
}

/** Outcome of a look-up; `entry` is null if the series exists but the user has no entry for it. */
export type FindOutcome =
  { readonly kind: 'found'; readonly entry: EntryRow | null } | { readonly kind: 'no-series' };

@Injectable()
export class ReadingEntryRepository {
  constructor(private readonly sql: Sql) {}

  async find(userId: string, seriesId: number): Promise<FindOutcome> {
    const entry = await this.sql.row(FIND, { userId, seriesId });
    if (entry !== undefined) return { kind: 'found', entry };
    const series = await this.sql.row(SERIES_EXISTS, { seriesId });
    return series === undefined ? { kind: 'no-series' } : { kind: 'found', entry: null };
  }

  /** The entry that a change starts from. */
  async findBase(userId: string, seriesId: number, client: number): Promise<EntryBase> {
    const { header, rows } = await this.sql.page(FIND_STATE, { userId, seriesId, client });
    return {
      state: rows[0] ?? null,
      clientKnown: header?.client_known ?? false,
      seriesKnown: header?.series_known ?? false,
    };
  }

  /** The user's entries of several series, by series. */
  async states(userId: string, seriesIds: readonly number[]): Promise<Map<number, EntryState>> {
    const rows = await this.sql.rows(STATES, { userId, seriesIds });
    return new Map(rows.map((row) => [row.series_id, row]));
  }

  /** Those of the series that exist. */
  async knownSeries(seriesIds: readonly number[]): Promise<Set<number>> {
    return new Set((await this.sql.rows(KNOWN_SERIES, { seriesIds })).map(({ id }) => id));
  }

  /** Adds an entry unless one exists. Of concurrent calls, exactly one writes. */
  async add(
    userId: string,
    seriesId: number,
    values: Written,
    cause: Cause,
    { restored, isProgress = false }: Addition = {},
  ): Promise<AddOutcome> {
    const { header, rows } = await this.sql.page(ADD, {
      userId,
      seriesId,
      ...values,
      ...cause,
      created: restored?.created ?? null,
      read_id: restored?.readId ?? null,
      after: JSON.stringify(eventFields(values)),
      isProgress,
    });
    const [entry] = rows;
    if (!header?.client_known) return { kind: 'no-client' };
    if (!header.series_known) return { kind: 'no-series' };
    return entry === undefined ? { kind: 'exists' } : { kind: 'written', entry };
  }

  /**
   * Replaces an entry.
   *
   * @param options `keepsOther`: the counter that `progress_type` does not name keeps its value; `versions`: the entry
   *   must have one of these
   */
  async update(
    userId: string,
    seriesId: number,
    values: Written,
    cause: Cause,
    { keepsOther = false, versions }: { keepsOther?: boolean; versions?: readonly number[] | undefined } = {},
  ): Promise<UpdateOutcome> {
    const { header, rows } = await this.sql.page(UPDATE.of({ ifVersion: versions !== undefined }), {
      userId,
      seriesId,
      ...values,
      ...cause,
      keepsOther,
      versions: versions ?? [],
    });
    const [entry] = rows;
    if (!header?.client_known) return { kind: 'no-client' };
    return entry === undefined ? { kind: 'no-entry' } : { kind: 'written', entry };
  }

  /**
   * Adds or replaces different entries with one statement, in a transaction that holds the counter.
   *
   * @param range the number of the reader's last change before these, and the one that the counter has afterwards
   * @returns the entries; none if the client is unknown
   */
  async writeBatch(
    { userId, client, cause }: BatchOrigin,
    changes: readonly EntryChange[],
    { isNew, before, last }: { isNew: boolean; before: number; last: number },
  ): Promise<EntryState[]> {
    const items = changes.map(({ seriesId: series_id, number, values, isProgress }) => {
      const item: BatchItem = { series_id, number, ...values };
      return isNew ? { ...item, after: eventFields(values), is_progress: isProgress } : item;
    });
    const parameters = { userId, client, ...cause, before, last, items: JSON.stringify(items) };
    return this.sql.rows(isNew ? ADD_BATCH : UPDATE_BATCH, parameters);
  }

  /** Deletes an entry with its former reads. Call it in a transaction that holds the counter. */
  async delete(state: EntryState, former: readonly ReadRow[], cause: Cause): Promise<void> {
    const { user_id: userId, series_id: seriesId } = state;
    const before = {
      ...eventFields(valuesOfState(state)),
      created: state.created,
      version: state.version,
      last_update: state.last_update,
      read_id: state.read_id,
      reads: former,
    };
    await this.sql.row(DELETE, { userId, seriesId, ...cause, before: JSON.stringify(before) });
  }

  /** Deletes the tombstones of a user, when the account is deleted. */
  async deleteTombstones(userId: string): Promise<void> {
    await this.sql.rows(DELETE_TOMBSTONES, { userId });
  }

  /** The number of a user's public entries by status. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    const counts = { ...NO_ENTRIES };
    for (const { status, count } of await this.sql.rows(PUBLIC_COUNTS, { userId })) counts[status] = count;
    return counts;
  }

  /** Updates the sort keys and client copies of entries after an import has changed series. */
  async refreshSortKeys(externalIds: readonly string[]): Promise<void> {
    await this.sql.rows(REFRESH_SORT_KEYS, { externalIds });
  }

  /**
   * A page of a user's history and its total: one statement, and a second one if a search finds no row. It reads only
   * entries of this user. Without a search, ordered by update or name, it reads only the entries of the page.
   */
  async page(selection: HistorySelection): Promise<HistoryPage> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { userId, audience, order, status, client, language, isCard, limit, offset }: HistorySelection,
    form: SearchForm | null,
  ): Promise<HistoryPage> {
    const page = HISTORY_PAGE.of({
      audience,
      order,
      search: form && searchVariant(form),
      filtersByStatus: status !== undefined,
      filtersByClient: client !== undefined,
      isTranslated: isTranslated(language),
      isCard,
    });
    const { header, rows } = await this.sql.page(page, {
      userId,
      language,
      limit,
      offset,
      // The values for absent filters are unused: the variant's statement does not have these parameters.
      status: status ?? [],
      client: client ?? 0,
      ...searchParameters(form),
    });
    const counts = { ...NO_ENTRIES, ...header?.counts };
    const total = (status ?? READING_STATUSES).reduce((sum, one) => sum + counts[one], 0);
    return { total, counts, clientKnown: header?.client_known ?? false, rows };
  }
}
