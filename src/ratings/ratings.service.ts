import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Viewer } from '../access/access.js';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import type { EventRow } from '../reader-log/event-statements.js';
import { type Cause, requestBy } from '../reader-log/log-statements.js';
import { UndoHandlers } from '../reader-log/undo.js';
import { AccountDeletion } from '../users/account-deletion.js';
import { RatingRanking } from './rating-ranking.js';
import { RatingRepository } from './rating.repository.js';
import { ratingExists, ratingMissing } from './ratings.errors.js';

/** The users' ratings of series. */
@Injectable()
export class RatingsService implements OnModuleInit {
  constructor(
    private readonly ratings: RatingRepository,
    private readonly ranking: RatingRanking,
    private readonly deletion: AccountDeletion,
    private readonly undo: UndoHandlers,
  ) {}

  onModuleInit(): void {
    this.undo.register('rating', (userId, event, cause) => this.undoChange(userId, event, cause));
    this.deletion.register(async (userId) => {
      for (const seriesId of await this.ratings.deleteAll(userId)) this.ranking.mark(seriesId);
    });
  }

  /** The user's rating, or null. @throws seriesNotFound */
  async find(userId: string, seriesId: number): Promise<number | null> {
    const outcome = await this.ratings.find(userId, seriesId);
    if (outcome.kind === 'no-series') throw seriesNotFound();
    return outcome.rating;
  }

  /** @throws seriesNotFound, ratingExists */
  async add(viewer: Viewer, seriesId: number, rating: number): Promise<void> {
    const { kind } = await this.ratings.add(viewer.userId, seriesId, rating, requestBy(viewer));
    if (kind === 'no-series') throw seriesNotFound();
    if (kind === 'exists') throw ratingExists();
    this.ranking.mark(seriesId);
  }

  /** @throws ratingMissing */
  async update(viewer: Viewer, seriesId: number, rating: number): Promise<void> {
    if (!(await this.ratings.update(viewer.userId, seriesId, rating, requestBy(viewer))))
      throw ratingMissing();
    this.ranking.mark(seriesId);
  }

  /** @throws ratingMissing */
  async delete(viewer: Viewer, seriesId: number): Promise<void> {
    if (!(await this.ratings.delete(viewer.userId, seriesId, requestBy(viewer)))) throw ratingMissing();
    this.ranking.mark(seriesId);
  }

  /** The user's ratings of several series, by series. */
  async ofSeries(userId: string, seriesIds: readonly number[]): Promise<Map<number, number>> {
    return this.ratings.ofSeries(userId, seriesIds);
  }

  /** Adds or replaces a rating, in a transaction that holds the counter. */
  async put(userId: string, seriesId: number, rating: number, cause: Cause): Promise<void> {
    const isUpdated = await this.ratings.update(userId, seriesId, rating, cause);
    if (!isUpdated) await this.ratings.add(userId, seriesId, rating, cause);
    this.ranking.mark(seriesId);
  }

  /** @returns false if the rating is not as the event left it */
  private async undoChange(userId: string, event: EventRow, cause: Cause): Promise<boolean> {
    const { series_id: seriesId, action } = event;
    const rating = Number(event.before?.['rating']);
    this.ranking.mark(seriesId);
    if (action === 'add') return this.ratings.delete(userId, seriesId, cause);
    if (action === 'update') return this.ratings.update(userId, seriesId, rating, cause);
    return (await this.ratings.add(userId, seriesId, rating, cause)).kind === 'written';
  }
}
