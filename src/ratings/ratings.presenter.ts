import type { RatingDto } from './ratings.dto.js';

/** A user's rating, or null when there is none. */
export function presentRating(rating: number | null, userId: string, seriesId: number): RatingDto | null {
  return rating === null ? null : { rating, user_id: userId, series_id: seriesId };
}
