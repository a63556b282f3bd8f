import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { ADVISORY_LOCKS, type AdvisoryLock } from '../advisory-locks.js';
import { ONE_ROW } from './page.js';
import { Sql } from './sql.js';
import { statement } from './statement.js';
import { Transactions } from './transactions.js';

const LOCK = statement('advisory-locks.lock', ({ key }: { key: number }) =>
  ONE_ROW.select(sql<unknown>`pg_advisory_xact_lock(${key})`.as('locked')),
);
const TRY_LOCK = statement('advisory-locks.try-lock', ({ key }: { key: number }) =>
  ONE_ROW.select(sql<boolean>`pg_try_advisory_xact_lock(${key})`.as('locked')),
);
const TRY_SHARE = statement('advisory-locks.try-share', ({ key }: { key: number }) =>
  ONE_ROW.select(sql<boolean>`pg_try_advisory_xact_lock_shared(${key})`.as('locked')),
);

/** Takes advisory locks in the current transaction, which releases them when it ends. */
@Injectable()
export class TransactionLocks {
  constructor(
    private readonly sql: Sql,
    private readonly transactions: Transactions,
  ) {}

  /** Waits until no other transaction holds the lock. */
  async lock(name: AdvisoryLock): Promise<void> {
    this.requireTransaction();
    await this.sql.row(LOCK, { key: ADVISORY_LOCKS[name] });
  }

  /** @returns false when another transaction holds the lock */
  async tryLock(name: AdvisoryLock): Promise<boolean> {
    this.requireTransaction();
    return (await this.sql.row(TRY_LOCK, { key: ADVISORY_LOCKS[name] }))?.locked ?? false;
  }

  /** Takes the lock together with others that share it. @returns false when another session holds it alone */
  async tryShare(name: AdvisoryLock): Promise<boolean> {
    this.requireTransaction();
    return (await this.sql.row(TRY_SHARE, { key: ADVISORY_LOCKS[name] }))?.locked ?? false;
  }

  /** A statement on its own would release the lock at its end. */
  private requireTransaction(): void {
    if (!this.transactions.isOpen) throw new Error('An advisory lock needs a transaction');
  }
}
