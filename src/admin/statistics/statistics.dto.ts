import { ApiProperty } from '@nestjs/swagger';
import { Integer } from '../../http/validation.js';

/** How much was added on a day. */
class Added {
  /** @example 12 */
  @Integer()
  users: number;

  /**
   * Sessions opened, those of registrations included.
   * @example 340
   */
  @Integer()
  sign_ins: number;

  /**
   * Series added to reading histories.
   * @example 900
   */
  @Integer()
  entries: number;

  /** @example 250 */
  @Integer()
  ratings: number;

  /**
   * Volumes added to collections.
   * @example 410
   */
  @Integer()
  items: number;

  /** @example 30 */
  @Integer()
  photos: number;
}

/** How much there is now; of sign-ins, how many there have been. */
export class TotalsDto extends Added {
  /**
   * Bytes of all avatars and photos in all their sizes.
   * @example 73400320
   */
  @Integer()
  storage_bytes: number;
}

/** What was added on one day, whatever has become of it since. */
export class DayDto extends Added {
  /**
   * In UTC.
   * @example "2026-01-31"
   */
  @ApiProperty({ format: 'date' })
  date: string;
}

const EXAMPLE_DAYS = Array.from({ length: 30 }, (_, index) => ({
  date: `2026-01-${String(index + 2).padStart(2, '0')}`,
  users: 12,
  sign_ins: 340,
  entries: 900,
  ratings: 250,
  items: 410,
  photos: 30,
}));

export class StatisticsDto {
  totals: TotalsDto;

  /** The last 30 days, the oldest first, today last. */
  @ApiProperty({ type: [DayDto], minItems: 30, maxItems: 30, example: EXAMPLE_DAYS })
  days: DayDto[];
}
