import { Injectable } from '@nestjs/common';

/** A step of a feature in the transaction that deletes a user, before the user's row is deleted. */
export type DeletionStep = (userId: string) => Promise<void>;

/**
 * The steps of an account's deletion in addition to cascades. A feature with user data outside of cascading tables
 * registers a step when its module starts.
 */
@Injectable()
export class AccountDeletion {
  private readonly locks: DeletionStep[] = [];
  private readonly steps: DeletionStep[] = [];

  /** Registers a lock that is taken before the user's row is locked. */
  registerLock(lock: DeletionStep): void {
    this.locks.push(lock);
  }

  register(step: DeletionStep): void {
    this.steps.push(step);
  }

  /** Takes the registered locks in the current transaction. */
  async lock(userId: string): Promise<void> {
    for (const lock of this.locks) await lock(userId);
  }

  /** Runs the steps in the current transaction. */
  async runSteps(userId: string): Promise<void> {
    for (const step of this.steps) await step(userId);
  }
}
