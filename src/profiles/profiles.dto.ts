import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { AnswerText, Timestamp } from '../http/fields.js';
import { Min } from 'class-validator';
import { Integer } from '../http/validation.js';

/** Number of public entries by status. */
@ApiSchema({ name: 'StatusCounts' })
export class StatusCountsDto {
  /**
   * Number of public entries of series that the reader plans to read.
   * @example 4
   */
  @Integer()
  @Min(0)
  planned: number;

  /**
   * Number of public entries of series that the reader is reading.
   * @example 3
   */
  @Integer()
  @Min(0)
  started: number;

  /**
   * Number of public entries of series that the reader has finished.
   * @example 12
   */
  @Integer()
  @Min(0)
  completed: number;

  /**
   * Number of public entries of series that the reader intends to continue later.
   * @example 1
   */
  @Integer()
  @Min(0)
  paused: number;

  /**
   * Number of public entries of series that the reader has given up.
   * @example 0
   */
  @Integer()
  @Min(0)
  dropped: number;
}

/** The public profile of a reader. */
@ApiSchema({ name: 'Profile' })
export class ProfileDto {
  /**
   * The reader’s username, in the reader’s own spelling.
   * @example "Haruka"
   */
  @AnswerText(20)
  username: string;

  /**
   * The reader’s username in lower case, as in the path of the profile.
   * @example "haruka"
   */
  @AnswerText(20)
  slug: string;

  /**
   * URL of the reader’s avatar at 180x180 pixels; null for readers without one.
   * @example "http://localhost:3000/images/avatars/7/3f2a/180x180.webp"
   */
  @ApiProperty({ format: 'uri' })
  profile_image: string | null;

  /**
   * When the reader registered.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  registered: string;

  /** Number of the reader’s public entries by status. */
  counts: StatusCountsDto;
}
