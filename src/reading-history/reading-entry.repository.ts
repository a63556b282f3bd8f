import { Injectable } from '@nestjs/common';
import { isTranslated } from '../catalog/series-projection.js';
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

/** Number of a user's entries by status. */
export type StatusCounts = Record<ReadingStatus, number>;

/** A page of a reader's history; `clientKnown` is false when the client of the selection is unknown or disabled. */
export interface HistoryPage {
  readonly total: number;
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
  readonly limit: number;
  readonly offset: number;
}

/** Outcome of adding an entry. */
export interface AddOutcome {
  readonly kind: 'written' | 'exists' | 'no-series' | 'no-client';
}

/** Outcome of replacing an entry. */
export interface UpdateOutcome {
  readonly kind: 'written' | 'no-entry' | 'no-client';
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

  /** Adds an entry unless one exists. Of concurrent calls, exactly one writes. */
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

  /** @returns whether an entry was deleted */
  async delete(userId: string, seriesId: number): Promise<boolean> {
    return (await this.sql.row(DELETE, { userId, seriesId })) !== undefined;
  }

  /** The number of a user's public entries by status. */
  async publicCounts(userId: string): Promise<StatusCounts> {
    const counts: StatusCounts = { started: 0, completed: 0, paused: 0, dropped: 0 };
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
    { userId, audience, order, status, client, language, limit, offset }: HistorySelection,
    form: SearchForm | null,
  ): Promise<HistoryPage> {
    const page = HISTORY_PAGE.of({
      audience,
      order,
      search: form && searchVariant(form),
      filtersByStatus: status !== undefined,
      filtersByClient: client !== undefined,
      isTranslated: isTranslated(language),
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
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}

function columnsOf(entry: SaveReadingEntryDto): Written {
  const { visibility, progressType: progress_type, progress, status, priority, client: client_id } = entry;
  const { reread = 0, start = null, end = null, notes = null } = entry;
  // 0 and null both mean unscored.
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
