import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TransactionLocks } from '../database/transaction-locks.js';
import { Transactions } from '../database/transactions.js';
import { IntervalJob } from '../jobs/interval-job.js';
import { RemovedFilesRepository } from './removed-files.repository.js';
import { ImageStore } from './image-store.js';

/**
 * Milliseconds between two polls of the queue. Every node polls, so that files are deleted within five seconds even
 * if the node that enqueued them is killed.
 */
const INTERVAL = 1_500;
/** Milliseconds between two warnings about files that cannot be removed. */
const WARNING_INTERVAL = 60_000;
const BATCH = 50;
/** Milliseconds that `flush` waits at most. */
const FLUSH_TIMEOUT = 2_000;

/**
 * Removes files after the commit of the transaction that deleted or replaced their row, never before it. The queue is a
 * table, so that it survives restarts and failures of the store; nodes share the work.
 */
@Injectable()
export class FileRemoval implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileRemoval.name);
  private readonly job = new IntervalJob(INTERVAL, () => {
    this.kick();
    return this.running;
  });
  private running: Promise<void> = Promise.resolve();
  private warningsMutedUntil = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly locks: TransactionLocks,
    private readonly queue: RemovedFilesRepository,
    private readonly store: ImageStore,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.store.handlesFiles) return;
    this.job.start();
    this.kick();
  }

  async onModuleDestroy(): Promise<void> {
    await this.job.stop();
    await this.running;
  }

  /**
   * Enqueues files in the open transaction. Call `kick` or `flush` after its commit.
   *
   * @param prefixes key prefixes of the files, each ending with a slash
   */
  async enqueue(...prefixes: string[]): Promise<void> {
    await this.queue.add(prefixes);
  }

  /** Starts removing the enqueued files in the background. */
  kick(): void {
    if (!this.store.handlesFiles) return;
    this.running = this.running.then(() => this.removeAll());
  }

  /** Removes the enqueued files. Returns early if the store is slow or down; the interval job retries the removal. */
  async flush(): Promise<void> {
    this.kick();
    await Promise.race([this.running, sleep(FLUSH_TIMEOUT, undefined, { ref: false })]);
  }

  /** Resolves once every removal that `kick` has started is finished. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async removeAll(): Promise<void> {
    try {
      while ((await this.removeBatch()) === BATCH);
    } catch (error) {
      if (Date.now() < this.warningsMutedUntil) return;
      this.warningsMutedUntil = Date.now() + WARNING_INTERVAL;
      this.logger.warn(`Files could not be removed yet: ${(error as Error).message}`);
    }
  }

  /**
   * The rows stay locked while their files are removed, so that no other node takes them. No idle timeout: a slow store
   * would abort the transaction and the same rows would be retried for ever. Nothing is removed during a backup.
   */
  private async removeBatch(): Promise<number> {
    return this.transactions.runWithoutIdleTimeout(async () => {
      const rows = await this.queue.lockOldest(BATCH);
      if (rows.length === 0 || !(await this.locks.tryShare('backUpPictures'))) return 0;
      for (const { prefix } of rows) await this.store.removeAll(prefix);
      await this.queue.delete(rows);
      return rows.length;
    });
  }
}
