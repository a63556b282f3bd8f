/**
 * Work that a node repeats at an interval, never twice at the same time. The interval does not keep the process running.
 * `stop` must be awaited before what the work uses is closed.
 */
export class IntervalJob {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  /** @param work handles its own errors: a rejection would end the process */
  constructor(
    private readonly milliseconds: number,
    private readonly work: () => Promise<void>,
  ) {}

  /** The first run comes after one interval; call `run` for one at once. */
  start(): void {
    this.timer = setInterval(() => void this.run(), this.milliseconds);
    this.timer.unref();
  }

  /** Runs the work now, unless it is running already. @returns when that run has ended */
  run(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = null));
    return this.running;
  }

  /** Stops the interval. @returns when the run that has begun has ended */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
