import { setTimeout as sleep } from 'node:timers/promises';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { withAfterCommit } from './after-commit.js';

const ATTEMPTS = 4;
/** SQLSTATE of serialization failure and deadlock: PostgreSQL has rolled back, and it is safe to retry. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Retries a transaction on deadlock or serialization failure, up to four attempts, with jitter between them. */
export async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE.has((error as { code?: string }).code ?? '')) throw error;
      await sleep(10 + Math.random() * 20 * attempt);
    }
  }
}

/** Units of work, each in one transaction. */
@Injectable()
export class Transactions {
  constructor(private readonly em: EntityManager) {}

  /**
   * Runs `work` in a transaction on a forked entity manager, which repositories use through the asynchronous context.
   * Retried on deadlock and serialization failure: `work` must have no effects outside the transaction.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    return withRetries(() => withAfterCommit(() => this.em.fork().transactional(() => work())));
  }

  /** Whether the caller is inside a transaction, which `nested` then joins. */
  get isOpen(): boolean {
    return this.em.isInTransaction();
  }

  /**
   * Runs `work` in the caller's transaction, after a savepoint. If `work` fails, it is rolled back to the savepoint,
   * and the caller's transaction may continue. Outside a transaction it is the same as `run`.
   */
  async nested<T>(work: () => Promise<T>): Promise<T> {
    return this.isOpen ? this.em.transactional(() => work()) : this.run(work);
  }

  /** As `run`, for background jobs that read or write files between the statements of a transaction. */
  async runWithoutIdleTimeout<T>(work: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(this.em.getKysely());
      return work();
    });
  }
}
