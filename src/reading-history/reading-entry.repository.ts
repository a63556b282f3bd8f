import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { searchParameters, searchVariant } from '../search/conditions.js';
import { type SearchForm, searchTerm, searchWithFallback } from '../search/fold.js';
import {
  ADD,
  DELETE,
  type EntryRow,
  FIND,
  PUBLIC_COUNTS,
  SERIES_EXISTS,
  UPDATE,
  type Written,
} from './entry-statements.js';
import { type Audience, HISTORY_PAGE, type HistoryRow } from './history-page.js';
import { REFRESH_SORT_KEYS } from './refresh-sort-keys.js';
import type { HistoryOrder, SaveReadingEntryDto, ReadingStatus } from './reading-history.dto.js';

/** Number of a reader's entries by status. */
export type StatusCounts = Record<ReadingStatus, number>;

/** A page of a reader's history; `clientKnown` is false when the client of the selection is unknown or disabled. */
export interface HistoryPage {
  readonly total: number;
  readonly clientKnown: boolean;
  readonly rows: HistoryRow[];
}

/** Which entries of a reader, and in what order. */
export interface HistorySelection {
  readonly userId: string;
  readonly audience: Audience;
  readonly order: HistoryOrder;
  readonly search: string | undefined;
  readonly status: readonly ReadingStatus[] | undefined;
  readonly client: number | undefined;
  readonly language: string;
  readonly limit: number;
  readonly offset: number;
}

/** What an attempt to add an entry led to. */
export interface AddOutcome {
  readonly kind: 'written' | 'exists' | 'no-series' | 'no-client';
}

/** What an attempt to replace an entry led to. */
export interface UpdateOutcome {
  readonly kind: 'written' | 'no-entry' | 'no-client';
}

/** What a look-up found; `entry` is null for a series that the reader has no entry of. */
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

  /** Adds an entry unless there is one: of many concurrent calls, one writes. */
  async add(userId: string, seriesId: number, entry: SaveReadingEntryDto): Promise<AddOutcome> {
    const row = await this.sql.row(ADD, { userId, seriesId, ...columnsOf(entry) });
    if (!row?.client_known) return { kind: 'no-client' };
    if (!row.series_known) return { kind: 'no-series' };
    return { kind: row.written ? 'written' : 'exists' };
  }

  async update(userId: string, seriesId: number, entry: SaveReadingEntryDto): Promise<UpdateOutcome> {
    const row = await this.sql.row(UPDATE, { userId, seriesId, ...columnsOf(entry) });
    if (!row?.client_known) return { kind: 'no-client' };
    return { kind: row.written ? 'written' : 'no-entry' };
  }

  /** @returns whether there was an entry */
  async delete(userId: string, seriesId: number): Promise<boolean> {
    return (await this.sql.row(DELETE, { userId, seriesId })) !== undefined;
  }

  /** The number of entries of each status that a reader shows to others. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    const counts: StatusCounts = { started: 0, completed: 0, paused: 0, dropped: 0 };
    for (const { status, count } of await this.sql.rows(PUBLIC_COUNTS, { userId })) counts[status] = count;
    return counts;
  }

  /** Updates what lists are ordered and filtered by after an import has changed series. */
  async refreshSortKeys(externalIds: readonly string[]): Promise<void> {
    await this.sql.rows(REFRESH_SORT_KEYS, { externalIds });
  }

  /**
   * A page of a reader's history and its total: one statement, and a second one if a search has found nothing. It reads
   * this reader's entries alone; without a search, and in the order of updates or names, only those of the page.
   */
  async page(selection: HistorySelection): Promise<HistoryPage> {
    return searchWithFallback(searchTerm(selection.search), (form) => this.pageOf(selection, form));
  }

  private async pageOf(
    { userId, audience, order, status, client, language, limit, offset }: HistorySelection,
    form: SearchForm | null,
  ): Promise<HistoryPage> {
    const page = HISTORY_PAGE.of({
      audience,
      order,
      search: form && searchVariant(form),
      filtersByStatus: status !== undefined,
      filtersByClient: client !== undefined,
    });
    const { header, rows } = await this.sql.page(page, {
      userId,
      language,
      limit,
      offset,
      // Values of conditions that the variant does not have are not sent.
      status: status ?? [],
      client: client ?? 0,
      ...searchParameters(form),
    });
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}

function columnsOf(entry: SaveReadingEntryDto): Written {
  const { visibility, progressType: progress_type, progress, status, priority, client: client_id } = entry;
  const { reread = 0, start = null, end = null, notes = null } = entry;
  // 0 means unscored, as null does.
  const score = entry.score || null;
  return {
    visibility,
    progress_type,
    progress,
    status,
    reread,
    score,
    priority,
    start,
    end,
    notes,
    client_id,
  };
}
