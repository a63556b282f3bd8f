/** Signals that ask the service to finish what is in flight and to end. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The way out of the process: an orderly one, which begins once a signal has come, and a hard limit behind it. */
export class Shutdown {
  private requested = false;
  private stop: (() => Promise<void>) | null = null;
  private last: () => void = () => undefined;

  /** @param hardLimit milliseconds after the first signal in which the process ends in any case */
  constructor(hardLimit: number) {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (this.requested) return;
        this.requested = true;
        setTimeout(() => {
          this.last();
          process.exit(0);
        }, hardLimit).unref();
        void this.begin();
      });
    }
  }

  /** Whether a signal has come: a start that is under way ends where it is. */
  get isRequested(): boolean {
    return this.requested;
  }

  /** What an orderly end does; it begins at once when a signal has come already. */
  onRequest(stop: () => Promise<void>): void {
    this.stop = stop;
    if (this.requested) void this.begin();
  }

  /** What is left to do when the orderly end takes too long. */
  onHardLimit(last: () => void): void {
    this.last = last;
  }

  private async begin(): Promise<void> {
    if (this.stop === null) return;
    try {
      await this.stop();
    } catch {
      // A database that is gone cannot be closed in order.
      this.last();
    }
    process.exit(0);
  }
}
