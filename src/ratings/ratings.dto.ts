import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { USER_ID_PATTERN } from '../http/ids.js';
import { IsNumber, Max, Min } from 'class-validator';
import { OutcomeDto } from '../http/response.dto.js';
import { FractionDigits, Integer, Required } from '../http/validation.js';

@ApiSchema({ name: 'RatingInput' })
export class SaveRatingDto {
  /**
   * The reader’s rating, from 1 to 10 with at most one fraction digit.
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
@ApiSchema({ name: 'Rating' })
export class RatingDto {
  /**
   * The reader’s rating, from 1 to 10 with at most one fraction digit.
   * @example 8.5
   */
  @Min(1)
  @Max(10)
  rating: number;

  /**
   * Id of the reader who has rated.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @ApiProperty({ pattern: USER_ID_PATTERN.source })
  user_id: string;

  /**
   * Id of the series that is rated.
   * @example 1
   */
  @Integer()
  series_id: number;
}

/** Answer to a change of a rating. */
@ApiSchema({ name: 'RatingAnswer' })
export class RatingAnswerDto extends OutcomeDto {
  /** The rating after the change; null after a deletion. */
  rating: RatingDto | null;
}
