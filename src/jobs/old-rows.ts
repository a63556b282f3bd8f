import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { IntervalJob } from './interval-job.js';

/** Milliseconds between two removals. */
const INTERVAL = 60 * 60_000;
/** Rows that one statement deletes at most, so that it holds its locks for a short time. */
const BATCH = 2_000;

/** Deletes up to `limit` rows that have passed their time. @returns how many it has deleted */
export type DeleteOld = (limit: number) => Promise<number>;

/** Deletes rows that have passed their time, every hour, in small batches. Features register their tables. */
@Injectable()
export class OldRows implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(OldRows.name);
  private readonly tables: DeleteOld[] = [];
  private readonly job = new IntervalJob(INTERVAL, () => this.attempt());
  private isStopping = false;

  register(deleteOld: DeleteOld): void {
    this.tables.push(deleteOld);
  }

  onApplicationBootstrap(): void {
    this.job.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    await this.job.stop();
  }

  /** Deletes all rows that have passed their time. */
  async remove(): Promise<void> {
    for (const deleteOld of this.tables) {
      while (!this.isStopping && (await deleteOld(BATCH)) === BATCH);
    }
  }

  private async attempt(): Promise<void> {
    // The next run deletes the same rows.
    await this.remove().catch((error: unknown) =>
      this.logger.warn(`Old rows could not be deleted: ${(error as { code?: string }).code ?? 'unknown'}`),
    );
  }
}
