import { ApiProperty, ApiSchema, OmitType } from '@nestjs/swagger';
import { Max, Min } from 'class-validator';
import { FacetDto } from '../catalog/facets.dto.js';
import { IsClientFilter } from '../clients/client-id.js';
import { DateFilter } from '../http/dates.js';
import { CalendarDay } from '../http/fields.js';
import { Integer } from '../http/validation.js';
import { HistoryCountsDto } from './reading-history.dto.js';

/** The longest period of a request, and the default one, in days. */
export const MAX_DAYS = 3_660;
export const DEFAULT_DAYS = 365;

export class ReadingStatisticsQuery {
  /**
   * The first day of `months`, `years` and `activity`. The default makes the period one of 365 days.
   * @example "2026-01-01"
   */
  @DateFilter()
  from?: string;

  /**
   * The last day of `months`, `years` and `activity`; the default is the current day in UTC. It must not be before
   * `from`, and the period has at most 3,660 days.
   * @example "2026-12-31"
   */
  @DateFilter()
  to?: string;

  /**
   * Only series of this client’s part of the catalog: its own, and those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** Figures of a reader's whole list. */
@ApiSchema({ name: 'GeneralReadingStatistics' })
export class GeneralReadingStatisticsDto extends HistoryCountsDto {
  /**
   * Number of series that the reader has begun: those that are not planned.
   * @example 16
   */
  @Integer()
  @Min(0)
  total_read_series: number;

  /**
   * Sum of `reread` of all entries.
   * @example 5
   */
  @Integer()
  @Min(0)
  total_rereads: number;

  /**
   * Mean of the reader’s scores, with two digits; null without a score.
   * @example 7.83
   */
  @Min(0)
  @Max(10)
  avg_score: number | null;

  /** When the reader’s oldest entry was added; null without an entry. */
  @ApiProperty({ format: 'date-time', example: '2024-05-01T09:30:00.000Z' })
  first_entry: string | null;

  /** When the reader’s newest entry was added; null without an entry. */
  @ApiProperty({ format: 'date-time', example: '2026-01-31T12:00:00.000Z' })
  last_entry: string | null;
}

/** Number of entries with a score. */
@ApiSchema({ name: 'ScoreCount' })
export class ScoreCountDto {
  /**
   * An integer score. Scores with a fraction are rounded half up to it; those below 1 count for 1.
   * @example 9
   */
  @Integer()
  @Min(1)
  @Max(10)
  rating: number;

  /**
   * Number of entries whose score rounds to this one.
   * @example 7
   */
  @Integer()
  @Min(0)
  count: number;
}

/** The reads that began and ended in a period. */
class ReadsDto {
  /**
   * Number of reads that began in this period, former ones too.
   * @example 4
   */
  @Integer()
  @Min(0)
  started: number;

  /**
   * Number of reads that were completed and ended in this period, former ones too.
   * @example 3
   */
  @Integer()
  @Min(0)
  completed: number;
}

/** The reads of a month. */
@ApiSchema({ name: 'PublicMonth' })
export class PublicMonthDto extends ReadsDto {
  /**
   * The month. Dates of which only the year is known count for no month.
   * @example "2026-01"
   */
  @ApiProperty({ pattern: '^\\d{4}-\\d{2}$' })
  month: string;
}

/** The reads of a year. */
@ApiSchema({ name: 'PublicYear' })
export class PublicYearDto extends ReadsDto {
  /**
   * The calendar year.
   * @example 2026
   */
  @Integer()
  @Min(1)
  @Max(9999)
  year: number;
}

/** A month of a reader. */
@ApiSchema({ name: 'ReadingMonth' })
export class MonthDto extends PublicMonthDto {
  /**
   * By how many chapters the reader’s counters have grown in this period.
   * @example 40
   */
  @Min(0)
  chapters: number;

  /**
   * By how many volumes the reader’s counters have grown in this period.
   * @example 6
   */
  @Min(0)
  volumes: number;
}

/** A year of a reader. */
@ApiSchema({ name: 'ReadingYear' })
export class YearDto extends PublicYearDto {
  /**
   * By how many chapters the reader’s counters have grown in this period.
   * @example 480
   */
  @Min(0)
  chapters: number;

  /**
   * By how many volumes the reader’s counters have grown in this period.
   * @example 52
   */
  @Min(0)
  volumes: number;
}

/** A day with changes. */
@ApiSchema({ name: 'ReadingDay' })
export class ActivityDto {
  /** The day in UTC. */
  @CalendarDay()
  date: string;

  /**
   * Number of changes of entries on this day. Imports and undos do not count.
   * @example 7
   */
  @Integer()
  @Min(1)
  changes: number;
}

/** Figures of a reader's list and activity. The properties `by_…` do not depend on the period. */
@ApiSchema({ name: 'ReadingStatistics' })
export class ReadingStatisticsDto {
  /** Number of entries by status, most frequent first. */
  by_status: FacetDto[];

  /** Number of entries by the type of their series, most frequent first. */
  by_type: FacetDto[];

  /** Number of entries by the origin of their series, most frequent first. */
  by_origin: FacetDto[];

  /** Number of entries by priority, most frequent first. */
  by_priority: FacetDto[];

  /** Number of entries by the tags of their series, most frequent first: at most 50 tags. */
  @ApiProperty({ maxItems: 50 })
  by_tag: FacetDto[];

  /** Histogram of the scores: ten elements, from score 1 to score 10. */
  by_score: ScoreCountDto[];

  /** The months of the period in which something was read; months without are left out. */
  months: MonthDto[];

  /** The years of the period in which something was read; years without are left out. */
  years: YearDto[];

  /** The days of the period with changes. */
  activity: ActivityDto[];
}

/** Figures of a reader's public entries. */
@ApiSchema({ name: 'PublicReadingStatistics' })
export class PublicReadingStatisticsDto extends OmitType(ReadingStatisticsDto, [
  'by_priority',
  'months',
  'years',
  'activity',
]) {
  /** The months of the period in which a read began or was completed. */
  months: PublicMonthDto[];

  /** The years of the period in which a read began or was completed. */
  years: PublicYearDto[];
}
