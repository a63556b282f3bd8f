import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import type { ImportedRow } from './formats/imported-row.js';
import type { ImportKey } from './import-statements.js';
import type { RowOutcome } from './imports.entity.js';
import type { Candidate } from './matching/match.js';
import type { RowPlan } from './planning/plan-rows.js';
import {
  ADD_ROWS,
  COUNT_MATCHED,
  FIND_ROW,
  type MatchedRowData,
  NEXT_SERIES,
  ROW_PAGE,
  type RowData,
  ROWS_OF_SERIES,
  SET_MATCHES,
  SET_PLANS,
  SETTINGS_OF_RUN,
  SKIP_ROW,
  UNMATCHED_ROWS,
} from './row-statements.js';

/** A row as the file has it. */
export interface NumberedRow {
  readonly number: number;
  readonly content: ImportedRow;
}

/** What a row is matched with. */
export interface RowMatchData {
  readonly number: number;
  readonly outcome: RowOutcome;
  readonly reason: string | null;
  readonly candidates: readonly Candidate[];
  readonly series_id: number | null;
  readonly volume_id: number | null;
  readonly position: number | null;
}

@Injectable()
export class ImportRowRepository {
  constructor(private readonly sql: Sql) {}

  /** Stores rows, unless they are stored or the import is not being read. */
  async add(key: ImportKey, rows: readonly NumberedRow[]): Promise<void> {
    await this.sql.rows(ADD_ROWS, { ...key, rows: JSON.stringify(rows, storable) });
  }

  /** The next rows after a number that are not matched. */
  async unmatched(key: ImportKey, after: number, limit: number): Promise<NumberedRow[]> {
    return this.sql.rows(UNMATCHED_ROWS, { ...key, after, limit });
  }

  /** @param options `onlyNew`: whether rows that are matched stay as they are */
  async setMatches(
    key: ImportKey,
    rows: readonly RowMatchData[],
    { onlyNew }: { onlyNew: boolean },
  ): Promise<void> {
    await this.sql.rows(SET_MATCHES, { ...key, rows: JSON.stringify(rows), onlyNew });
  }

  /**
   * All matched rows of the next series after an id: at least `limit` rows, if there are as many.
   *
   * @param notInRun leaves out the rows that this run has applied
   */
  async nextSeries(
    key: ImportKey,
    after: number,
    limit: number,
    notInRun: number | null = null,
  ): Promise<MatchedRowData[]> {
    const family = NEXT_SERIES.of({ notInRun: notInRun !== null });
    return this.sql.rows(family, { ...key, after, limit, run: notInRun ?? 0 });
  }

  /** All matched rows of some series. */
  async ofSeries(key: ImportKey, seriesIds: readonly number[]): Promise<MatchedRowData[]> {
    return this.sql.rows(ROWS_OF_SERIES, { ...key, seriesIds });
  }

  /** Stores what rows change. @param run the run that has applied them; null for a preview */
  async setPlans(key: ImportKey, rows: readonly RowPlan[], run: number | null = null): Promise<void> {
    if (rows.length > 0) await this.sql.rows(SET_PLANS, { ...key, rows: JSON.stringify(rows), run });
  }

  async countMatched(key: ImportKey): Promise<number> {
    return (await this.sql.row(COUNT_MATCHED, key))?.count ?? 0;
  }

  async find(key: ImportKey, number: number): Promise<RowData | undefined> {
    return this.sql.row(FIND_ROW, { ...key, number });
  }

  /** The rows of settings that a run has changed, the last one first. */
  async settingsOfRun(key: ImportKey, run: number): Promise<RowData[]> {
    return this.sql.rows(SETTINGS_OF_RUN, { ...key, run });
  }

  /** Leaves a row out. */
  async skip(key: ImportKey, number: number): Promise<void> {
    await this.sql.rows(SKIP_ROW, { ...key, number });
  }

  /** A page of the rows, in the order of the file. */
  async page(
    key: ImportKey,
    { outcome, limit, offset }: { outcome?: RowOutcome | undefined; limit: number; offset: number },
  ): Promise<{ total: number; rows: RowData[] }> {
    const page = ROW_PAGE.of({ filters: outcome !== undefined });
    const { header, rows } = await this.sql.page(page, { ...key, outcome: outcome ?? 'add', limit, offset });
    return { total: header?.total ?? 0, rows: rows as unknown as RowData[] };
  }
}

/** PostgreSQL can store neither U+0000 nor lone surrogates. */
function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\0', '').toWellFormed() : value;
}
