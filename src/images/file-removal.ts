import { setTimeout as sleep } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { runIn } from '../database/sql.js';
import { Transactions } from '../database/transactions.js';
import { ImageStore } from './storage.js';

/**
 * Milliseconds between two looks for files to remove. Deletions promise that files are gone within five seconds, also
 * when the node that noted them has been killed: any node finds them.
 */
const INTERVAL = 1_500;
/** Milliseconds between two warnings of files that cannot be removed. */
const WARNING_INTERVAL = 60_000;
const BATCH = 50;
/** Milliseconds that a deletion waits for its files to be gone. */
const PATIENCE = 2_000;

/**
 * Removes files after the commit of the transaction that let go of them, and never before it. The table remembers
 * them until they are gone, through restarts and failures of the store; nodes share the work.
 */
@Injectable()
export class FileRemoval implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(FileRemoval.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isRunning = false;
  private quietUntil = 0;

  constructor(
    private readonly transactions: Transactions,
    private readonly store: ImageStore,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.store.handlesFiles) return;
    this.timer = setInterval(() => {
      if (!this.isRunning) this.soon();
    }, INTERVAL);
    this.timer.unref();
    this.soon();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Notes files in the caller's transaction. Call `soon` after its commit. */
  async note(em: EntityManager, ...prefixes: string[]): Promise<void> {
    await runIn(em, 'insert into removed_files (prefix) select unnest($1::text[])', [prefixes]);
  }

  /** Begins to remove what has been noted; nobody waits for it. */
  soon(): void {
    if (!this.store.handlesFiles) return;
    this.running = this.running.then(() => this.removeAll());
  }

  /** Removes what has been noted and waits for it, for a moment: a store that is slow or away is tried again later. */
  async now(): Promise<void> {
    this.soon();
    await Promise.race([this.running, sleep(PATIENCE, undefined, { ref: false })]);
  }

  /** Waits until everything that `soon` has begun is done. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async removeAll(): Promise<void> {
    this.isRunning = true;
    try {
      while ((await this.removeSome()) === BATCH);
    } catch (error) {
      if (Date.now() < this.quietUntil) return;
      this.quietUntil = Date.now() + WARNING_INTERVAL;
      this.logger.warn(`Files wait to be removed: ${(error as Error).message}`);
    } finally {
      this.isRunning = false;
    }
  }

  /** The rows are held while their files go, so that no other node takes them, and none is forgotten. */
  private async removeSome(): Promise<number> {
    return this.transactions.run(async (em) => {
      // A slow store must not have the transaction ended as idle, and the same rows taken again for ever.
      await runIn(em, 'set local idle_in_transaction_session_timeout = 0');
      const rows = await runIn<{ id: string; prefix: string }>(
        em,
        'select id, prefix from removed_files order by id limit $1 for update skip locked',
        [BATCH],
      );
      for (const { prefix } of rows) await this.store.removeAll(prefix);
      if (rows.length > 0) {
        await runIn(em, 'delete from removed_files where id = any($1)', [rows.map(({ id }) => id)]);
      }
      return rows.length;
    });
  }
}
