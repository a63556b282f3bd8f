import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Max, Min } from 'class-validator';
import { AnswerText } from '../http/fields.js';
import { EXAMPLE_USER_ID, USER_ID_PATTERN } from '../http/ids.js';
import { Integer } from '../http/validation.js';
import { PROGRESS_TYPES, type ProgressType, READING_STATUSES, type ReadingStatus } from './reading-states.js';

/** The signed-in reader’s entry of a series, in short. */
@ApiSchema({ name: 'OwnEntry' })
export class OwnEntryDto {
  /** The reader’s status in the series. */
  @ApiProperty({ enum: READING_STATUSES, enumName: 'ReadingStatus' })
  status: ReadingStatus;

  /** The counter that `progress` is. */
  @ApiProperty({ enum: PROGRESS_TYPES, enumName: 'ProgressType' })
  progress_type: ProgressType;

  /**
   * Last chapter or volume that the reader has read.
   * @example 12
   */
  @Min(0)
  progress: number;

  /**
   * Number of chapters that the reader has read; null when they are not counted.
   * @example 12
   */
  @Min(0)
  chapters: number | null;

  /**
   * Number of volumes that the reader has read; null when they are not counted.
   * @example 2
   */
  @Min(0)
  volumes: number | null;

  /**
   * Version of the entry, for the condition of a change.
   * @example 42
   */
  @Integer()
  @Min(1)
  version: number;
}

/** The signed-in reader’s rating of a series. */
@ApiSchema({ name: 'OwnRating' })
export class OwnRatingDto {
  /**
   * The reader’s rating of this series.
   * @example 8.5
   */
  @Min(1)
  @Max(10)
  rating: number;

  /** Id of the signed-in reader. */
  @AnswerText(24)
  @ApiProperty({ pattern: USER_ID_PATTERN.source, example: EXAMPLE_USER_ID })
  user_id: string;

  /**
   * Id of the series that the reader has rated.
   * @example 1
   */
  @Integer()
  series_id: number;
}

/** What the answer to a signed-in reader has of a series. */
export class OwnDetailsDto {
  /** The signed-in reader’s entry, or null; absent without a credential. */
  entry?: OwnEntryDto | null;

  /** The signed-in reader’s rating, or null; absent without a credential. */
  rating?: OwnRatingDto | null;
}
