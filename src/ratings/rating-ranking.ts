import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { IntervalJob } from '../jobs/interval-job.js';
import { RatingRepository } from './rating.repository.js';

/** Milliseconds between two updates of the order. The document promises at most a minute. */
const INTERVAL = 45_000;

/**
 * Updates the order of series by rating (`series.ranked_average`) every 45 seconds, for the series that were rated on
 * this node. Updating it with each rating would rewrite an index entry each time; the averages in responses are always
 * exact. At its start a node updates all series, since a killed node loses its list of changed series.
 */
@Injectable()
export class RatingRanking implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(RatingRanking.name);
  private changed = new Set<number>();
  private readonly job = new IntervalJob(INTERVAL, () => this.update());
  private started: Promise<void> | undefined;

  constructor(private readonly ratings: RatingRepository) {}

  onApplicationBootstrap(): void {
    this.started = this.attempt('all');
    this.job.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.started;
    await this.job.stop();
    await this.update();
  }

  /** Adds a series to the next update. */
  mark(seriesId: number): void {
    this.changed.add(seriesId);
  }

  /** Updates the order of the marked series now. */
  async update(): Promise<void> {
    const changed = [...this.changed];
    if (changed.length === 0) return;
    this.changed = new Set();
    await this.attempt(changed);
  }

  private async attempt(seriesIds: readonly number[] | 'all'): Promise<void> {
    try {
      await this.ratings.rank(seriesIds);
    } catch (error) {
      if (seriesIds !== 'all') for (const id of seriesIds) this.changed.add(id);
      this.logger.warn(
        `The order by rating could not be updated: ${(error as { code?: string }).code ?? 'unknown'}`,
      );
    }
  }
}
