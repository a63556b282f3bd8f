import { setTimeout as sleep } from 'node:timers/promises';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';

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

/** Units of work: everything in one transaction, or nothing. */
@Injectable()
export class Transactions {
  constructor(private readonly em: EntityManager) {}

  /**
   * Runs `work` in a transaction on an entity manager of its own, which the repositories find by the asynchronous
   * context. Retried on deadlock and serialization failure, so that `work` must not have effects outside the transaction.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    return withRetries(() => this.em.fork().transactional(() => work()));
  }

  /** Whether the caller is inside a transaction, which `nested` then joins. */
  get isOpen(): boolean {
    return this.em.isInTransaction();
  }

  /**
   * Runs `work` as a part of the caller's transaction, with a savepoint: if it fails, nothing of it is done, and the
   * caller may go on. Outside a transaction it is the same as `run`.
   */
  async nested<T>(work: () => Promise<T>): Promise<T> {
    return this.isOpen ? this.em.transactional(() => work()) : this.run(work);
  }

  /** For background jobs that work on files between the statements of their transaction. */
  async runWithoutIdleTimeout<T>(work: () => Promise<T>): Promise<T> {
    return this.run(async () => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(this.em.getKysely());
      return work();
    });
  }
}
