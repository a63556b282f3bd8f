import { Injectable, type OnModuleInit } from '@nestjs/common';
import { seriesNotFound } from '../catalog/catalog.errors.js';
import { requestBy } from '../reader-log/log-statements.js';
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
  ) {}

  onModuleInit(): void {
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
  async add(userId: string, seriesId: number, rating: number): Promise<void> {
    const { kind } = await this.ratings.add(userId, seriesId, rating, requestBy());
    if (kind === 'no-series') throw seriesNotFound();
    if (kind === 'exists') throw ratingExists();
    this.ranking.mark(seriesId);
  }

  /** @throws ratingMissing */
  async update(userId: string, seriesId: number, rating: number): Promise<void> {
    if (!(await this.ratings.update(userId, seriesId, rating, requestBy()))) throw ratingMissing();
    this.ranking.mark(seriesId);
  }

  /** @throws ratingMissing */
  async delete(userId: string, seriesId: number): Promise<void> {
    if (!(await this.ratings.delete(userId, seriesId, requestBy()))) throw ratingMissing();
    this.ranking.mark(seriesId);
  }
}
