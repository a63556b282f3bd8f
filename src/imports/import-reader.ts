import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { validateBody } from '../http/dto-validation.js';
import { Queue } from '../queue/queue.js';
import { UpdateSettingsDto } from '../settings/settings.dto.js';
import { InvalidFile, UnknownFormat } from './formats/import-failures.js';
import type { FormatName, ImportedRow } from './formats/imported-row.js';
import { openImport } from './formats/read-import.js';
import { countEnd } from './import-metrics.js';
import { ImportPlanner } from './import-planner.js';
import { ImportRowRepository, type NumberedRow, type RowMatchData } from './import-row.repository.js';
import type { ImportData, ImportKey } from './import-statements.js';
import { type ImportJob, READ_IMPORT, requireRunning } from './import-tasks.js';
import { ImportRepository } from './import.repository.js';
import { Matcher, type RowMatch } from './matching/matcher.js';
import { NOT_IN_CATALOG, OTHER_MEDIUM } from './planning/plan-rows.js';
import { countsToHundred, detectedScale } from './planning/score.js';

/** Number of rows that are stored or matched together. */
const BATCH = 250;
const INVALID_FILE = 'Invalid file';

/**
 * The job that reads a file: it stores the rows, matches them with the catalog, and computes the preview. Each step can
 * be repeated: rows that are stored or matched stay so.
 */
@Injectable()
export class ImportReader implements OnModuleInit {
  private readonly logger = new Logger(ImportReader.name);

  constructor(
    private readonly imports: ImportRepository,
    private readonly rows: ImportRowRepository,
    private readonly matcher: Matcher,
    private readonly planner: ImportPlanner,
    private readonly queue: Queue,
    private readonly sql: Sql,
  ) {}

  onModuleInit(): void {
    this.queue.handle(
      READ_IMPORT,
      (job, { signal }) => this.run(job, signal),
      (job) => this.imports.abandon(job),
    );
  }

  private async run(key: ImportJob, signal: AbortSignal): Promise<void> {
    let data = await this.imports.find(key);
    if (data?.state !== 'reading') return;
    if (!data.is_stored && !(await this.store(key, data, signal))) return;
    data = await this.imports.find(key);
    if (data?.state !== 'reading') return;
    await this.match(key, data, signal);
    const isEnded = await this.sql.transaction(async () => {
      const locked = await this.imports.lock(key);
      if (locked?.state !== 'reading') return false;
      await this.planner.preview(locked);
      await this.imports.end(key, 'preview', locked);
      return true;
    });
    if (isEnded) countEnd('preview');
  }

  /** Stores the rows of the file, unless another run has done so. @returns false if the file cannot be read */
  private async store(key: ImportKey, data: ImportData, signal: AbortSignal): Promise<boolean> {
    const bytes = await this.imports.file(key);
    if (bytes === null) return true;
    try {
      const stored = await this.storeRows(key, bytes, data, signal);
      await this.sql.transaction(async () => {
        await this.imports.setStored(key, { ...stored, scale: data.scale ?? stored.scale });
        await this.imports.deleteFile(key);
      });
      return true;
    } catch (error) {
      if (!(error instanceof InvalidFile || error instanceof UnknownFormat)) throw error;
      const line = error instanceof InvalidFile ? error.line : null;
      const isUnread = await this.sql.transaction(async () => {
        const locked = await this.imports.lock(key);
        if (locked?.state !== 'reading' || locked.is_stored) return false;
        await this.imports.fail(key, INVALID_FILE, line);
        return true;
      });
      if (isUnread) countEnd('failed');
      return false;
    }
  }

  private async storeRows(
    key: ImportKey,
    bytes: Buffer,
    data: ImportData,
    signal: AbortSignal,
  ): Promise<{ total: number; scale: number; format: FormatName }> {
    const { format, rows } = await openImport(bytes, data.format);
    let batch: NumberedRow[] = [];
    let [total, isAboveTen] = [0, false];
    const flush = async () => {
      requireRunning(signal);
      await this.rows.add(key, batch);
      await this.imports.setProgress(key, { state: 'reading', isStored: false, done: 0, total });
      batch = [];
    };
    for await (const row of this.readable(rows)) {
      total++;
      isAboveTen ||= hasScoreAboveTen(row);
      batch.push({ number: total, content: await withValidSettings(row) });
      if (batch.length === BATCH) await flush();
    }
    await flush();
    return { total, scale: detectedScale(isAboveTen), format };
  }

  /** The rows. An unexpected error of a parser is logged, and counts as an invalid file. */
  private async *readable(rows: AsyncIterable<ImportedRow>): AsyncGenerator<ImportedRow> {
    try {
      yield* rows;
    } catch (error) {
      if (error instanceof InvalidFile) throw error;
      this.logger.error(`A file could not be parsed: ${(error as Error).name}`);
      throw new InvalidFile(null, 'unexpected error', error);
    }
  }

  private async match(key: ImportKey, data: ImportData, signal: AbortSignal): Promise<void> {
    await this.matcher.prepare();
    let after = 0;
    for (;;) {
      requireRunning(signal);
      const rows = await this.rows.unmatched(key, after, BATCH);
      if (rows.length === 0) return;
      const matches = await this.matcher.match(
        rows.map(({ content }) => content),
        data.format,
        data.client_id,
      );
      await this.rows.setMatches(
        key,
        rows.map((row, index) => matchData(row, matches[index] as RowMatch)),
        { onlyNew: true },
      );
      after = rows.at(-1)?.number ?? after;
      await this.imports.setProgress(key, {
        state: 'reading',
        isStored: true,
        done: after,
        total: data.row_total,
      });
    }
  }
}

/** What is stored of the match of a row. */
export function matchData({ number, content }: NumberedRow, found: RowMatch): RowMatchData {
  const row = { number, reason: null, candidates: [], series_id: null, volume_id: null, position: null };
  if (content.content.kind === 'settings') return { ...row, outcome: 'same', series_id: 0 };
  if (content.isOtherMedium) return { ...row, outcome: 'refuse', reason: OTHER_MEDIUM };
  const { match, volumeId, position } = found;
  if (match.kind === 'none') return { ...row, outcome: 'refuse', reason: NOT_IN_CATALOG };
  if (match.kind === 'ask') {
    return {
      ...row,
      outcome: 'ask',
      reason: askReason(match.candidates.length),
      candidates: match.candidates,
    };
  }
  // The preview computes the outcome.
  return { ...row, outcome: 'same', series_id: match.series.id, volume_id: volumeId, position };
}

function askReason(candidates: number): string {
  return candidates === 1 ? 'A similar series' : 'Several series';
}

function hasScoreAboveTen({ content }: ImportedRow): boolean {
  return (content.kind === 'entry' || content.kind === 'volume') && countsToHundred(content.entry?.score);
}

/** A row of settings without those that are unknown or invalid. Other rows are returned unchanged. */
async function withValidSettings(row: ImportedRow): Promise<ImportedRow> {
  if (row.content.kind !== 'settings') return row;
  const settings: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row.content.settings)) {
    const problems: never[] = [];
    await validateBody({ [name]: value }, UpdateSettingsDto, problems);
    if (problems.length === 0) settings[name] = value;
  }
  return { ...row, content: { kind: 'settings', settings } };
}
