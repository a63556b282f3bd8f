import { SingleBar } from 'cli-progress';
import type { Progress } from '../backup/backup-content.js';

/** Shows the steps of a command as progress bars, on standard error if it is a terminal. */
export class StepBar implements Progress {
  private bar: SingleBar | null = null;

  begin(step: string, total: number | null): void {
    this.end();
    const format = total === null ? `${step} {value}` : `${step} {bar} {percentage}% | {eta_formatted} left`;
    this.bar = new SingleBar({ format, noTTYOutput: false });
    this.bar.start(total ?? 0, 0);
  }

  add(amount: number): void {
    this.bar?.increment(amount);
  }

  end(): void {
    this.bar?.stop();
    this.bar = null;
  }
}
