import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { countEnd } from './import-metrics.js';
import {
  ADD_FILE,
  ADD_IMPORT,
  AT_WORK,
  BEGIN,
  DELETE_FILE,
  DELETE_IMPORT,
  END,
  EXPIRED,
  FAIL,
  FILE,
  FIND_IMPORT,
  IMPORT_PAGE,
  type ImportData,
  type ImportKey,
  LOCK_IMPORT,
  type NewImport,
  SET_PROGRESS,
  SET_STORED,
  type Step,
} from './import-statements.js';
import type { ImportState } from './imports.entity.js';
import type { Strategy } from './planning/plan-entry.js';

/** Bytes of a stored part of a file. */
const PART_BYTES = 1024 * 1024;

@Injectable()
export class ImportRepository {
  constructor(private readonly sql: Sql) {}

  /** Stores an import and its file, in the open transaction. */
  async add(key: ImportKey, data: NewImport, file: Buffer): Promise<void> {
    await this.sql.rows(ADD_IMPORT, { ...key, ...data });
    for (let part = 0; part * PART_BYTES < file.length; part++) {
      const bytes = file.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
      await this.sql.rows(ADD_FILE, { ...key, part, bytes });
    }
  }

  /** The bytes of the file; null if its rows are stored, or the import is deleted. */
  async file(key: ImportKey): Promise<Buffer | null> {
    return (await this.sql.row(FILE, key))?.bytes ?? null;
  }

  async find(key: ImportKey): Promise<ImportData | undefined> {
    return this.sql.row(FIND_IMPORT, key);
  }

  /** The import, locked until the open transaction ends. */
  async lock(key: ImportKey): Promise<ImportData | undefined> {
    return this.sql.row(LOCK_IMPORT, key);
  }

  /** A page of a reader's imports, newest first. */
  async page(
    userId: string,
    { limit, offset }: { limit: number; offset: number },
  ): Promise<{ total: number; rows: ImportData[] }> {
    const { header, rows } = await this.sql.page(IMPORT_PAGE, { userId, limit, offset });
    return { total: header?.total ?? 0, rows: rows as unknown as ImportData[] };
  }

  /** The number of imports of a reader that are being read or applied. */
  async atWork(userId: string): Promise<number> {
    return (await this.sql.row(AT_WORK, { userId }))?.count ?? 0;
  }

  /** Begins to apply or to undo. */
  async begin(key: ImportKey, work: { isUndo: boolean; run: number; total: number }): Promise<void> {
    await this.sql.rows(BEGIN, { ...key, ...work });
  }

  async setProgress(
    key: ImportKey,
    progress: Step & { readonly done: number; readonly total: number },
  ): Promise<void> {
    await this.sql.rows(SET_PROGRESS, { ...key, ...progress });
  }

  /** Records that all rows are stored. */
  async setStored(
    key: ImportKey,
    stored: { total: number; scale: number; format: string | null },
  ): Promise<void> {
    await this.sql.rows(SET_STORED, { ...key, ...stored });
  }

  /** Ends the work of a state, and counts the rows. */
  async end(
    key: ImportKey,
    state: ImportState,
    { strategy, isApplied = false }: { strategy: Strategy; isApplied?: boolean },
  ): Promise<void> {
    await this.sql.rows(END, { ...key, state, strategy, isApplied });
  }

  async fail(key: ImportKey, message: string, line: number | null): Promise<void> {
    await this.sql.rows(FAIL, { ...key, message, line });
  }

  /** Ends an import whose job has failed for good, unless the job's work is done. */
  async abandon(key: ImportKey): Promise<void> {
    const isFailed = await this.sql.transaction(async () => {
      const state = (await this.lock(key))?.state;
      if (state !== 'reading' && state !== 'applying') return false;
      await this.fail(key, 'Import failed', null);
      return true;
    });
    if (isFailed) countEnd('failed');
  }

  async deleteFile(key: ImportKey): Promise<void> {
    await this.sql.rows(DELETE_FILE, key);
  }

  /** @returns whether there was such an import */
  async delete(key: ImportKey): Promise<boolean> {
    return (await this.sql.row(DELETE_IMPORT, key)) !== undefined;
  }

  /** Deletes up to `limit` imports that have passed their time. @returns how many */
  async deleteExpired(limit: number): Promise<number> {
    const expired = await this.sql.rows(EXPIRED, { limit });
    for (const { user_id: userId, id } of expired) await this.delete({ userId, id });
    return expired.length;
  }
}
