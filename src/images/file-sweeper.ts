import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Transactions } from '../database/transactions.js';
import { runIn } from '../database/sql.js';
import { ImageStore } from './storage.js';

/** Milliseconds between two sweeps, and the age below which files may belong to an upload under way. */
const HOUR = 3_600_000;
/** Held by the node that sweeps. */
const SWEEPING = 7_005;
/** Folders that are looked up at once. */
const BATCH = 500;

/** Tells which of some folders a feature's rows name. */
export type FolderNames = (folders: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Removes files that no row names: what a node left behind that was killed between a file and its row. Folders are
 * those of one upload, such as `avatars/7/3f2a/`; each feature says which of its own are named.
 */
@Injectable()
export class FileSweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileSweeper.name);
  private readonly features = new Map<string, FolderNames>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: ImageStore,
    private readonly transactions: Transactions,
  ) {}

  /** A feature answers for the folders below its own first one, such as `avatars`. */
  answersFor(first: string, names: FolderNames): void {
    this.features.set(first, names);
  }

  onApplicationBootstrap(): void {
    if (!this.store.handlesFiles) return;
    this.timer = setInterval(() => (this.running = this.attempt()), HOUR);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /**
   * Removes what nothing names and is older than `age` milliseconds.
   *
   * @returns the folders that were removed; nothing while another node sweeps
   */
  async sweep(age = HOUR): Promise<string[]> {
    const removed: string[] = [];
    await this.transactions.run(async (em) => {
      const [turn] = await runIn<{ mine: boolean }>(em, 'select pg_try_advisory_xact_lock($1) as mine', [
        SWEEPING,
      ]);
      if (!turn?.mine) return;
      // The lock's transaction would otherwise be ended as idle while a large store is listed.
      await runIn(em, 'set local idle_in_transaction_session_timeout = 0');
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
    for (const [first, own] of Map.groupBy(folders, (folder) => folder.split('/')[0] ?? '')) {
      const names = this.features.get(first);
      if (names === undefined) continue;
      const named = await names(own);
      for (const folder of own.filter((candidate) => !named.has(candidate))) {
        await this.store.removeAll(folder);
        removed.push(folder);
      }
    }
    return removed;
  }

  private async attempt(): Promise<void> {
    try {
      const removed = await this.sweep();
      if (removed.length > 0) this.logger.warn(`Removed ${removed.length} folders that no row names`);
    } catch (error) {
      this.logger.warn(`The sweep waits: ${(error as Error).message}`);
    }
  }
}
