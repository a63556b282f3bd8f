import { Injectable, Logger } from '@nestjs/common';
import { RateLimits } from '../limits/rate-limits.js';

/** Milliseconds between two extensions of a turn: a third of its duration, so that two of them may fail. */
const EXTENSION_INTERVAL = 20_000;

/** The right of one user to export, which only one request has at a time. */
export interface Turn {
  release(): Promise<void>;
}

/** Limits the exports of each user: one at a time on all nodes, and five an hour. */
@Injectable()
export class ExportTurns {
  private readonly logger = new Logger(ExportTurns.name);

  constructor(private readonly limits: RateLimits) {}

  /** @throws tooManyRequests */
  async take(userId: string): Promise<Turn> {
    const turn = { limit: 'exportsAtOnce', key: userId } as const;
    await this.limits.spendAll([turn, { limit: 'exports', key: userId }]);
    // The counter may be one of an earlier turn, shortly before its end.
    await this.limits.restartIfExhausted(turn);
    const extend = () =>
      void this.limits.restartIfExhausted(turn).catch((error: unknown) => this.logger.warn(String(error)));
    const timer = setInterval(extend, EXTENSION_INTERVAL).unref();
    return {
      release: async () => {
        clearInterval(timer);
        // Not `clear`: a refused request may be about to return the point that it has spent.
        await this.limits.refund([turn]).catch((error: unknown) => this.logger.warn(String(error)));
      },
    };
  }
}
