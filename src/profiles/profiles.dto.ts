import { Min } from 'class-validator';
import { Integer } from '../http/validation.js';

/** How many public entries have which status. */
export class StatusCountsDto {
  /** @example 3 */
  @Integer()
  @Min(0)
  started: number;

  /** @example 12 */
  @Integer()
  @Min(0)
  completed: number;

  /** @example 1 */
  @Integer()
  @Min(0)
  paused: number;

  /** @example 0 */
  @Integer()
  @Min(0)
  dropped: number;
}

/** What a reader shows to everybody. */
export class ProfileDto {
  /** @example "Haruka" */
  username: string;

  /** @example "haruka" */
  slug: string;

  /**
   * URL of the profile image at 180x180, or null without one.
   * @example null
   */
  profile_image: string | null;

  /**
   * When the account was created.
   * @example "2026-01-31T12:00:00.000Z"
   */
  registered: string;

  counts: StatusCountsDto;
}
