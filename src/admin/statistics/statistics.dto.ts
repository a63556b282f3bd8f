import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { Integer } from '../../http/validation.js';

/** Current totals; for sign-ins, the number of all that ever were. */
@ApiSchema({ name: 'Totals' })
export class TotalsDto {
  /**
   * Accounts that exist.
   * @example 15300
   */
  @Integer()
  users: number;

  /**
   * Sessions that were ever opened, those of registrations included.
   * @example 90000
   */
  @Integer()
  sign_ins: number;

  /**
   * Series in all reading histories.
   * @example 410000
   */
  @Integer()
  entries: number;

  /**
   * Ratings that exist.
   * @example 98000
   */
  @Integer()
  ratings: number;

  /**
   * Volumes in all collections.
   * @example 210000
   */
  @Integer()
  items: number;

  /**
   * Photos in all libraries.
   * @example 1200
   */
  @Integer()
  photos: number;

  /**
   * Bytes of all avatars and photos, in all their sizes.
   * @example 73400320
   */
  @Integer()
  storage_bytes: number;
}

/** What was added on one day, even if it has been deleted since. */
@ApiSchema({ name: 'Day' })
export class DayDto {
  /**
   * Accounts opened on the day.
   * @example 12
   */
  @Integer()
  users: number;

  /**
   * Sessions opened on the day, those of registrations included.
   * @example 340
   */
  @Integer()
  sign_ins: number;

  /**
   * Series added to reading histories on the day.
   * @example 900
   */
  @Integer()
  entries: number;

  /**
   * Ratings given on the day.
   * @example 250
   */
  @Integer()
  ratings: number;

  /**
   * Volumes added to collections on the day.
   * @example 410
   */
  @Integer()
  items: number;

  /**
   * Photos uploaded on the day.
   * @example 30
   */
  @Integer()
  photos: number;

  /**
   * The day, in UTC.
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

@ApiSchema({ name: 'Statistics' })
export class StatisticsDto {
  /** Current totals; for sign-ins, the number of all that ever were. */
  totals: TotalsDto;

  /** What was added on each of the last 30 days, the oldest first, today last. */
  @ApiProperty({ type: [DayDto], minItems: 30, maxItems: 30, example: EXAMPLE_DAYS })
  days: DayDto[];
}
