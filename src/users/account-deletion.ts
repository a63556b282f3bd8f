import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** What a feature does in the transaction that deletes a user, before the user's row goes. */
export type DeletionStep = (em: EntityManager, userId: string) => Promise<void>;

/**
 * What must happen when an account is deleted, beyond the rows that go by cascade. A feature that keeps something
 * about users elsewhere adds its step when its module starts.
 */
@Injectable()
export class AccountDeletion {
  private readonly steps: DeletionStep[] = [];

  also(step: DeletionStep): void {
    this.steps.push(step);
  }

  async prepare(em: EntityManager, userId: string): Promise<void> {
    for (const step of this.steps) await step(em, userId);
  }
}
