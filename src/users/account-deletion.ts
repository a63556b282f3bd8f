import { Injectable } from '@nestjs/common';

/** What a feature does in the transaction that deletes a user, before the user's row is deleted. */
export type DeletionStep = (userId: string) => Promise<void>;

/**
 * What an account's deletion includes beyond the rows that are deleted by cascade. A feature that stores data about users
 * elsewhere adds its step when its module starts.
 */
@Injectable()
export class AccountDeletion {
  private readonly steps: DeletionStep[] = [];

  register(step: DeletionStep): void {
    this.steps.push(step);
  }

  /** Runs the steps in the open transaction. */
  async prepare(userId: string): Promise<void> {
    for (const step of this.steps) await step(userId);
  }
}
