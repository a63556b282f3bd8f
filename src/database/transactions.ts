import { setTimeout as sleep } from 'node:timers/promises';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** How often a unit of work, or a statement, is run at most. */
export const ATTEMPTS = 4;
/** Serialization failure and deadlock: the transaction was innocent and may run again. */
const RETRYABLE = new Set(['40001', '40P01']);

/** Whether the database ended the work for others' sake, and it may run again. */
export function isInnocent(error: unknown): boolean {
  return RETRYABLE.has((error as { code?: string }).code ?? '');
}

/** Units of work: everything in one transaction, or nothing. */
@Injectable()
export class Transactions {
  constructor(private readonly em: EntityManager) {}

  /**
   * Runs `work` in a transaction on an entity manager of its own, and again when the database asks for it; `work`
   * must not have effects outside the transaction.
   */
  async run<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.em.fork().transactional(work);
      } catch (error) {
        if (attempt === ATTEMPTS || !isInnocent(error)) throw error;
        await sleep(Math.random() * 20 * attempt);
      }
    }
  }
}
