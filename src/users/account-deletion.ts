import { Injectable } from '@nestjs/common';
import { type UserStep, UserSteps } from './user-steps.js';

/** The steps of an account's deletion in addition to cascades, before the user's row is deleted. */
@Injectable()
export class AccountDeletion extends UserSteps {
  private readonly locks: UserStep[] = [];

  /** Registers a lock that is taken before the user's row is locked. */
  registerLock(lock: UserStep): void {
    this.locks.push(lock);
  }

  /** Takes the registered locks in the current transaction. */
  async lock(userId: string): Promise<void> {
    for (const lock of this.locks) await lock(userId);
  }
}
