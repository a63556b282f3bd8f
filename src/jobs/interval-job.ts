/**
 * Background job that a node runs at an interval; runs do not overlap. The timer does not keep the process alive. Await
 * `stop` before closing the resources that the job uses.
 */
export class IntervalJob {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;

  /** @param work must not reject: an unhandled rejection would end the process */
  constructor(
    private readonly milliseconds: number,
    private readonly work: () => Promise<void>,
  ) {}

  /** Starts the interval. The first run is after one interval; call `run` for an immediate one. */
  start(): void {
    this.timer = setInterval(() => void this.run(), this.milliseconds);
    this.timer.unref();
  }

  /** Runs the work now, or joins the current run. Resolves when the run has ended. */
  run(): Promise<void> {
    this.running ??= this.work().finally(() => (this.running = null));
    return this.running;
  }

  /** Stops the interval. Resolves when the current run has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
