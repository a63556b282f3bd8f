import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TransactionLocks } from '../database/transaction-locks.js';
import { Transactions } from '../database/transactions.js';
import { IntervalJob } from '../jobs/interval-job.js';
import { ImageStore } from './image-store.js';

/**
 * Milliseconds between two sweeps, and the minimum age of swept files: younger ones may belong to an upload in
 * progress.
 */
const HOUR = 3_600_000;
/** Maximum number of folders that one statement looks up. */
const BATCH = 500;

/** Returns those of the given folders that rows of the feature refer to. */
export type FindExistingFolders = (folders: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Removes files that no row refers to. A node that is killed between writing a file and committing its row leaves
 * such a file. Each folder holds the files of one upload, such as `avatars/7/3f2a/`.
 */
@Injectable()
export class FileSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileSweeper.name);
  private readonly features = new Map<string, FindExistingFolders>();
  private readonly job = new IntervalJob(HOUR, () => this.attempt());

  constructor(
    private readonly store: ImageStore,
    private readonly transactions: Transactions,
    private readonly locks: TransactionLocks,
  ) {}

  /** @param root the feature's folder, such as `avatars`: the parent of the folders of its uploads */
  register(root: string, findExisting: FindExistingFolders): void {
    this.features.set(root, findExisting);
  }

  onApplicationBootstrap(): void {
    if (this.store.handlesFiles) this.job.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.job.stop();
  }

  /**
   * Removes folders that no row refers to and that are older than `age` milliseconds.
   *
   * @returns the folders that were removed; none while another node sweeps, or during a backup
   */
  async sweep(age = HOUR): Promise<string[]> {
    const removed: string[] = [];
    // The transaction holds the advisory lock, and is idle while the store is listed.
    await this.transactions.runWithoutIdleTimeout(async () => {
      if (!(await this.locks.tryLock('sweepFiles'))) return;
      if (!(await this.locks.tryShare('backUpPictures'))) return;
      await this.store.removeUnfinished();
      let batch = new Set<string>();
      for await (const key of this.store.keysOlderThan(new Date(Date.now() - age))) {
        batch.add(key.slice(0, key.lastIndexOf('/') + 1));
        if (batch.size < BATCH) continue;
        removed.push(...(await this.sweepFolders(batch)));
        batch = new Set();
      }
      removed.push(...(await this.sweepFolders(batch)));
    });
    return removed;
  }

  private async sweepFolders(folders: ReadonlySet<string>): Promise<string[]> {
    const removed: string[] = [];
    for (const [root, candidates] of Map.groupBy(folders, (folder) => folder.split('/')[0] ?? '')) {
      const findExisting = this.features.get(root);
      if (findExisting === undefined) continue;
      const existing = await findExisting(candidates);
      for (const folder of candidates.filter((candidate) => !existing.has(candidate))) {
        await this.store.removeAll(folder);
        removed.push(folder);
      }
    }
    return removed;
  }

  private async attempt(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed.length > 0) this.logger.warn(`Removed ${removed.length} folders that no row refers to`);
    } catch (error) {
      this.logger.warn(`The sweep failed and will be retried: ${(error as Error).message}`);
    }
  }
}
