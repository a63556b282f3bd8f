import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { IntervalJob } from '../jobs/interval-job.js';
import { RatingRepository } from './rating.repository.js';

/** Milliseconds between two updates of the order. The contract allows a minute. */
const INTERVAL = 45_000;

/**
 * Keeps the order of series by rating. Ratings themselves are exact at once; the order, whose index every change would
 * have to rewrite, follows every few seconds for the series that this node has rated. What a node that was killed has
 * not passed on is found when it starts again.
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

  /** Remembers that a series' average has changed. */
  mark(seriesId: number): void {
    this.changed.add(seriesId);
  }

  /** Brings the order up to date with what has been marked. */
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
      this.logger.warn(`The order by rating waits: ${(error as { code?: string }).code ?? 'unknown'}`);
    }
  }
}
