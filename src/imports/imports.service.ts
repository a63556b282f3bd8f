import { Injectable, type OnModuleInit } from '@nestjs/common';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { ClientsService } from '../clients/clients.service.js';
import { unknownClient } from '../clients/clients.errors.js';
import { Sql } from '../database/sql.js';
import { tooManyRequests } from '../http/app-error.js';
import { OldRows } from '../jobs/old-rows.js';
import { RateLimits } from '../limits/rate-limits.js';
import { Queue } from '../queue/queue.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import { InvalidFile, UnknownFormat } from './formats/import-failures.js';
import { type FormatName, FORMATS } from './formats/imported-row.js';
import { openImport } from './formats/read-import.js';
import type { ImportForm } from './import-form.js';
import { ImportPlanner } from './import-planner.js';
import { matchData } from './import-reader.js';
import { ImportRowRepository } from './import-row.repository.js';
import type { ImportData, ImportKey } from './import-statements.js';
import { APPLY_IMPORT, READ_IMPORT, UNDO_IMPORT } from './import-tasks.js';
import { ImportRepository } from './import.repository.js';
import type { ImportState } from './imports.entity.js';
import { importNotFound, importNotReady, rowNotFound, unknownFormat } from './imports.errors.js';
import { Matcher } from './matching/matcher.js';
import type { Strategy } from './planning/plan-entry.js';
import type { RowData } from './row-statements.js';
import type { RowsQuery } from './imports.dto.js';

/** Maximum number of a reader's imports that are being read or applied. */
const MAX_AT_WORK = 2;
/** Seconds after which a refused import may be tried again. */
const RETRY_AFTER = 10;

/** The states in which the rows can be decided and applied. After an undo, an import can be applied again. */
const OPEN: readonly ImportState[] = ['preview', 'undone'];

/** The imports of readers. */
@Injectable()
export class ImportsService implements OnModuleInit {
  constructor(
    private readonly imports: ImportRepository,
    private readonly rows: ImportRowRepository,
    private readonly planner: ImportPlanner,
    private readonly matcher: Matcher,
    private readonly clients: ClientsService,
    private readonly limits: RateLimits,
    private readonly log: ReaderLog,
    private readonly queue: Queue,
    private readonly sql: Sql,
    private readonly oldRows: OldRows,
  ) {}

  onModuleInit(): void {
    this.oldRows.register((limit) => this.imports.deleteExpired(limit));
  }

  /** Stores a file and queues its job. @throws tooManyRequests, unknownClient, unknownFormat */
  async create(userId: string, read: () => Promise<ImportForm>): Promise<ImportData> {
    await this.requireFew(userId);
    const { file, client, format, strategy, visibility, scale, keepExtras } = await read();
    if (!(await this.clients.isEnabled(client))) throw unknownClient();
    const options = { strategy, client, visibility, scale, keepExtras };
    const recognized = await recognize(file, format);
    const id = await this.log.exclusively(userId, async () => {
      await this.requireFew(userId);
      await this.limits.spend('imports', userId);
      const key = { userId, id: await this.log.take(userId) };
      await this.imports.add(key, { ...options, format: recognized }, file);
      await this.queue.add(READ_IMPORT, key, userId);
      return key.id;
    });
    return this.get({ userId, id });
  }

  /** A page of the reader's imports, newest first. */
  async list(userId: string, range: { limit: number; offset: number }) {
    return this.imports.page(userId, range);
  }

  /** @throws importNotFound */
  async get(key: ImportKey): Promise<ImportData> {
    const data = await this.imports.find(key);
    if (data === undefined) throw importNotFound();
    return data;
  }

  /** A page of the rows. @throws importNotFound */
  async listRows(key: ImportKey, query: RowsQuery): Promise<{ total: number; rows: RowData[] }> {
    await this.get(key);
    return this.rows.page(key, query);
  }

  /** Computes the preview again, with another strategy. @throws importNotFound, importNotReady */
  async changeStrategy(key: ImportKey, strategy: Strategy): Promise<ImportData> {
    await this.sql.transaction(async () => {
      const data = { ...(await this.lockOpen(key)), strategy };
      await this.planner.preview(data);
      await this.imports.end(key, 'preview', data);
    });
    return this.get(key);
  }

  /** Leaves a row out. @throws importNotFound, rowNotFound, importNotReady */
  async skipRow(key: ImportKey, number: number): Promise<RowData> {
    return this.decide(key, number, async (row, data) => {
      await this.rows.skip(key, number);
      if (row.series_id !== null) await this.planner.preview(data, [row.series_id]);
    });
  }

  /** Decides what a row is about. @throws importNotFound, rowNotFound, seriesNotFound, importNotReady */
  async chooseSeries(key: ImportKey, number: number, seriesId: number): Promise<RowData> {
    return this.decide(key, number, async (row, data) => {
      const series = (await this.matcher.visible([seriesId], data.client_id)).get(seriesId);
      if (series === undefined) throw seriesNotFound();
      const found = await this.matcher.volumeOf(row.content, series);
      const content = { ...row.content, isOtherMedium: false };
      const { candidates } = row;
      const match = { ...matchData({ number, content }, found), candidates };
      await this.rows.setMatches(key, [match], { onlyNew: false });
      const former = row.series_id === null ? [] : [row.series_id];
      await this.planner.preview(data, [...new Set([seriesId, ...former])]);
    });
  }

  /** Begins to apply the rows. @throws importNotFound, tooManyRequests, importNotReady */
  async apply(key: ImportKey): Promise<ImportData> {
    await this.begin(key, async () => {
      const data = await this.lockOpen(key);
      await this.requireFew(key.userId);
      const total = await this.rows.countMatched(key);
      await this.imports.begin(key, { isUndo: false, run: data.run + 1, total });
      await this.queue.add(APPLY_IMPORT, key, key.userId);
    });
    return this.get(key);
  }

  /** Begins to undo what was applied. @throws importNotFound, tooManyRequests, importNotReady */
  async undo(key: ImportKey): Promise<ImportData> {
    await this.begin(key, async () => {
      const { run, row_total: total } = await this.lockIn(key, ['done']);
      await this.requireFew(key.userId);
      await this.imports.begin(key, { isUndo: true, run, total });
      await this.queue.add(UNDO_IMPORT, key, key.userId);
    });
    return this.get(key);
  }

  /** Forgets an import. Its job notices, and ends. @throws importNotFound */
  async delete(key: ImportKey): Promise<void> {
    const isDeleted = await this.sql.transaction(async () => {
      return (await this.imports.lock(key)) !== undefined && (await this.imports.delete(key));
    });
    if (!isDeleted) throw importNotFound();
  }

  /** Runs `work` in a transaction that holds the counter, so that a reader's imports begin one after the other. */
  private async begin(key: ImportKey, work: () => Promise<void>): Promise<void> {
    await this.get(key);
    await this.log.exclusively(key.userId, work);
  }

  private async decide(
    key: ImportKey,
    number: number,
    change: (row: RowData, data: ImportData) => Promise<void>,
  ): Promise<RowData> {
    return this.sql.transaction(async () => {
      const data = await this.imports.lock(key);
      if (data === undefined) throw importNotFound();
      const row = await this.rows.find(key, number);
      if (row === undefined) throw rowNotFound();
      if (!OPEN.includes(data.state)) throw importNotReady();
      await change(row, data);
      await this.imports.end(key, 'preview', data);
      return (await this.rows.find(key, number)) as RowData;
    });
  }

  private async lockOpen(key: ImportKey): Promise<ImportData> {
    return this.lockIn(key, OPEN);
  }

  private async lockIn(key: ImportKey, states: readonly ImportState[]): Promise<ImportData> {
    const data = await this.imports.lock(key);
    if (data === undefined) throw importNotFound();
    if (!states.includes(data.state)) throw importNotReady();
    return data;
  }

  private async requireFew(userId: string): Promise<void> {
    if ((await this.imports.atWork(userId)) >= MAX_AT_WORK)
      throw tooManyRequests({ retryAfter: RETRY_AFTER });
  }
}

/**
 * The format of a file.
 *
 * @returns null for an invalid file, whose job fails, so that its format is not needed
 * @throws unknownFormat
 */
async function recognize(file: Buffer, format: FormatName | null): Promise<FormatName | null> {
  try {
    const opened = await openImport(file, format);
    // The rows are read by the job.
    await opened.rows[Symbol.asyncIterator]().return?.();
    return opened.format;
  } catch (error) {
    if (error instanceof UnknownFormat) {
      throw unknownFormat({ details: [{ field: 'format', messages: [...FORMATS] }] });
    }
    if (error instanceof InvalidFile) return format;
    throw error;
  }
}
