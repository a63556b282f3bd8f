import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { OldRows } from '../jobs/old-rows.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { ReaderLogRepository } from './reader-log.repository.js';

/** The sequence of a reader's changes. */
@Injectable()
export class ReaderLog implements OnModuleInit {
  constructor(
    private readonly repository: ReaderLogRepository,
    private readonly sql: Sql,
    private readonly deletion: AccountDeletion,
    private readonly oldRows: OldRows,
  ) {}

  onModuleInit(): void {
    // The counter is locked before the user's row: after the deletion, no change of this reader can write an event.
    this.deletion.registerLock((userId) => this.repository.lock(userId));
    this.deletion.register((userId) => this.repository.deleteAll(userId));
    this.oldRows.register((limit) => this.repository.deleteOld(limit));
  }

  /**
   * Runs `work` in a transaction that holds the reader's counter, so that no other change of the reader is concurrent.
   * Its statements see every earlier change.
   */
  async exclusively<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.sql.transaction(async () => {
      await this.repository.lock(userId);
      return work();
    });
  }

  /** Whether the reader may rate series. */
  async mayRate(userId: string): Promise<boolean> {
    return this.repository.mayRate(userId);
  }

  /** Takes a number of the reader's sequence, as the id of a bulk or an undo. */
  async take(userId: string): Promise<number> {
    return this.repository.take(userId);
  }
}
