/** A step of a feature in a transaction about a user. */
export type UserStep = (userId: string) => Promise<void>;

/** Steps that features add to a transaction of another feature. A feature registers its step when its module starts. */
export class UserSteps {
  private readonly steps: UserStep[] = [];

  register(step: UserStep): void {
    this.steps.push(step);
  }

  /** Runs the steps in the current transaction. */
  async runSteps(userId: string): Promise<void> {
    for (const step of this.steps) await step(userId);
  }
}
