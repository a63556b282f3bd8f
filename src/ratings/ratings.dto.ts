import { IsNumber, Max, Min } from 'class-validator';
import { FractionDigits, Integer, Required } from '../http/validation.js';

export class RatingInput {
  /**
   * From 1 to 10, with at most one fraction digit.
   * @example 8.5
   */
  @Required()
  @IsNumber()
  @Min(1)
  @Max(10)
  @FractionDigits(1)
  rating: number;
}

/** A user's rating of a series. */
export class RatingDto {
  /** @example 8.5 */
  @Min(1)
  @Max(10)
  rating: number;

  /** @example "6740a1b2c3d4e5f601234567" */
  user_id: string;

  /** @example 1 */
  @Integer()
  series_id: number;
}
