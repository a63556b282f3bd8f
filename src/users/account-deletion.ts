import { Injectable } from '@nestjs/common';

/** A step of a feature in the transaction that deletes a user, before the user's row is deleted. */
export type DeletionStep = (userId: string) => Promise<void>;

/**
 * The steps of an account's deletion in addition to cascades. A feature with user data outside of cascading tables
 * registers a step when its module starts.
 */
@Injectable()
export class AccountDeletion {
  private readonly steps: DeletionStep[] = [];

  register(step: DeletionStep): void {
    this.steps.push(step);
  }

  /** Runs the steps in the current transaction. */
  async runSteps(userId: string): Promise<void> {
    for (const step of this.steps) await step(userId);
  }
}
