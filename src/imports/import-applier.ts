import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppError } from '../http/app-error.js';
import { Queue } from '../queue/queue.js';
import { EventsService } from '../reader-log/events.service.js';
import { eventNotFound, tooLateToUndo } from '../reader-log/events.errors.js';
import { causedBy } from '../reader-log/log-statements.js';
import { ReaderLog } from '../reader-log/reader-log.js';
import { countEnd } from './import-metrics.js';
import { ImportPlanner } from './import-planner.js';
import { ImportRowRepository } from './import-row.repository.js';
import type { ImportData, ImportKey } from './import-statements.js';
import { APPLY_IMPORT, type ImportJob, requireRunning, UNDO_IMPORT } from './import-tasks.js';
import { ImportRepository } from './import.repository.js';
import type { ShownFields } from './imports.entity.js';
import { ReaderLists } from './reader-lists.js';

/** Number of rows that one transaction applies, and a few more: all rows about one series are applied together. */
const BATCH = 100;
const CLIENT_IS_GONE = 'Client is not registered';

/**
 * How a transaction has ended: after the series of an id there may be more rows, or there are none. `unchanged` is an
 * import that was deleted, or ended by the same job on another node.
 */
type Batch =
  { readonly kind: 'more'; readonly after: number } | { readonly kind: 'done' | 'failed' | 'unchanged' };

/**
 * The jobs that apply and undo an import. A row is marked as applied in the transaction that applies it, so that a
 * repeated job, on any node, applies the others only.
 */
@Injectable()
export class ImportApplier implements OnModuleInit {
  constructor(
    private readonly imports: ImportRepository,
    private readonly rows: ImportRowRepository,
    private readonly planner: ImportPlanner,
    private readonly lists: ReaderLists,
    private readonly queue: Queue,
    private readonly log: ReaderLog,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    const abandon = (job: ImportJob) => this.imports.abandon(job);
    this.queue.handle(APPLY_IMPORT, (job, { signal }) => this.apply(job, signal), abandon);
    this.queue.handle(UNDO_IMPORT, (job) => this.undo(job), abandon);
  }

  private async apply(key: ImportJob, signal: AbortSignal): Promise<void> {
    let batch: Batch = { kind: 'more', after: -1 };
    while (batch.kind === 'more') {
      requireRunning(signal);
      const { after }: { readonly after: number } = batch;
      batch = await this.log.exclusively<Batch>(key.userId, () => this.applyBatch(key, after));
    }
    if (batch.kind !== 'unchanged') countEnd(batch.kind);
  }

  /** Applies the rows of the next series, in a transaction that holds the counter. */
  private async applyBatch(key: ImportKey, after: number): Promise<Batch> {
    const data = await this.imports.lock(key);
    if (data?.state !== 'applying' || data.is_undo) return { kind: 'unchanged' };
    const rows = await this.rows.nextSeries(key, after, BATCH, data.run);
    const plans = await this.planner.plan(data, rows);
    const cause = causedBy('import', data.id, data.client_id);
    for (const { seriesId, plan, list } of plans) {
      const former = list.entries.get(seriesId) ?? null;
      if (!(await this.lists.write(key.userId, seriesId, plan, former, cause))) return this.fail(key);
    }
    await this.rows.setPlans(
      key,
      plans.flatMap(({ plan }) => plan.rows),
      data.run,
    );
    if (rows.length < BATCH) {
      await this.imports.end(key, 'done', { ...data, isApplied: true });
      return { kind: 'done' };
    }
    await this.imports.setProgress(key, {
      state: 'applying',
      isStored: true,
      done: data.done + rows.length,
      total: data.row_total,
    });
    return { kind: 'more', after: rows.at(-1)?.series_id ?? after };
  }

  /** Ends the import whose client has been removed or disabled. What was applied before stays. */
  private async fail(key: ImportKey): Promise<Batch> {
    await this.imports.fail(key, CLIENT_IS_GONE, null);
    return { kind: 'failed' };
  }

  private async undo(key: ImportJob): Promise<void> {
    const data = await this.imports.find(key);
    if (data?.state !== 'applying' || !data.is_undo) return;
    await this.events.undoOrigin(key.userId, { type: 'import', id: key.id }).catch(ignoreNothingToUndo);
    if (await this.log.exclusively(key.userId, () => this.endUndo(key))) countEnd('undone');
  }

  /** @returns false if the same job has ended the undo on another node */
  private async endUndo(key: ImportKey): Promise<boolean> {
    const data = await this.imports.lock(key);
    if (data?.state !== 'applying' || !data.is_undo) return false;
    await this.restoreSettings(key, data);
    await this.imports.end(key, 'undone', data);
    return true;
  }

  /** The log has no events of settings: the rows have their former values. */
  private async restoreSettings(key: ImportKey, { run }: ImportData): Promise<void> {
    for (const { before, after } of await this.rows.settingsOfRun(key, run)) {
      await this.lists.restoreSettings(key.userId, settingsIn(before), settingsIn(after));
    }
  }
}

function settingsIn(shown: ShownFields | null): Readonly<Record<string, unknown>> {
  return (shown?.['settings'] ?? {}) as Readonly<Record<string, unknown>>;
}

/** An import that has changed nothing has no events. Changes that are older than 30 days stay. */
const NOTHING_TO_UNDO: readonly string[] = [eventNotFound.message, tooLateToUndo.message];

function ignoreNothingToUndo(error: unknown): void {
  if (!(error instanceof AppError && NOTHING_TO_UNDO.includes(error.definition.message))) throw error;
}
