/** Signals that start a graceful shutdown. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Graceful shutdown on a signal, with a hard limit after which the process exits. */
export class Shutdown {
  private requested = false;
  private stop: (() => Promise<void>) | null = null;
  private kill: () => void = () => undefined;

  /** @param hardLimit milliseconds after the first signal until the process exits in any case */
  constructor(hardLimit: number) {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.requested) return;
        this.requested = true;
        setTimeout(() => {
          this.kill();
          process.exit(0);
        }, hardLimit).unref();
        void this.begin();
      });
    }
  }

  /** Whether a signal was received. A start in progress must then stop. */
  get isRequested(): boolean {
    return this.requested;
  }

  /** Sets the graceful shutdown, and starts it immediately if a signal was received before. */
  onRequest(stop: () => Promise<void>): void {
    this.stop = stop;
    if (this.requested) void this.begin();
  }

  /** Sets the last action, for a graceful shutdown that fails or exceeds the hard limit. */
  onHardLimit(kill: () => void): void {
    this.kill = kill;
  }

  private async begin(): Promise<void> {
    if (this.stop === null) return;
    try {
      await this.stop();
    } catch {
      // For example, the database is gone and cannot be closed gracefully.
      this.kill();
    }
    process.exit(0);
  }
}
