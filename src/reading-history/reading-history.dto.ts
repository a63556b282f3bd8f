import { USER_ID_PATTERN } from '../http/ids.js';
import { AnswerText, Timestamp } from '../http/fields.js';
import { ApiHideProperty, ApiProperty, ApiSchema, IntersectionType, OmitType } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsIn, IsNumber, IsString, Max, Min } from 'class-validator';
import { LocalizedSearchQuery } from '../catalog/language.dto.js';
import { SeriesDto } from '../catalog/series.dto.js';
import { IsClient, IsClientFilter } from '../clients/client-id.js';
import { PageDto } from '../http/page.dto.js';
import {
  BlankIsNull,
  BlankIsAbsent,
  CodePointLength,
  FractionDigits,
  Integer,
  Nullable,
  Optional,
  QueryList,
  Required,
  rule,
} from '../http/validation.js';
import { RatingDto } from '../ratings/ratings.dto.js';
import { IsPartialDate, NotBeforeStart, PARTIAL_DATE } from './partial-date.js';
import { PRIORITIES, PROGRESS_TYPES, READING_STATUSES, VISIBILITIES } from './reading-entry.entity.js';

export const HISTORY_ORDERS = [
  'name-asc',
  'name-desc',
  'update-asc',
  'update-desc',
  'priority-asc',
  'priority-desc',
  'score-asc',
  'score-desc',
  'start-date-asc',
  'start-date-desc',
  'end-date-asc',
  'end-date-desc',
] as const;

export type Visibility = (typeof VISIBILITIES)[number];
export type ProgressType = (typeof PROGRESS_TYPES)[number];
export type ReadingStatus = (typeof READING_STATUSES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type HistoryOrder = (typeof HISTORY_ORDERS)[number];

const BOTH_SPELLINGS = Symbol('progressType and progress_type');

/** A reader’s entry of a series. An update replaces the whole entry. */
@ApiSchema({ name: 'ReadingEntryInput' })
export class SaveReadingEntryDto {
  /** Who may see the entry: its reader only, or everyone on the reader’s profile. */
  @Required()
  @IsIn(VISIBILITIES)
  @ApiProperty({ enum: VISIBILITIES, enumName: 'Visibility', default: 'private' })
  visibility: Visibility;

  /** Whether `progress` counts chapters or volumes. Also accepted as `progress_type`; both at once are refused. */
  @Transform(
    ({ value, obj }: { value: unknown; obj: Record<string, unknown> }) => value ?? obj['progress_type'],
  )
  @Expose()
  @Required()
  @IsIn(PROGRESS_TYPES)
  @ApiProperty({ enum: PROGRESS_TYPES, enumName: 'ProgressType', default: 'chapters' })
  progressType: ProgressType;

  @Transform(({ value, obj }: { value: unknown; obj: object }) =>
    'progressType' in obj ? BOTH_SPELLINGS : value,
  )
  @ApiHideProperty()
  @Optional()
  @rule('oneSpelling', 'must not be given beside progressType', (value) => value !== BOTH_SPELLINGS)
  progress_type?: unknown;

  /**
   * Last chapter or volume that was read, with at most two fraction digits: chapter 10.5 exists.
   * @example 12
   */
  @Required()
  @IsNumber()
  @Min(0)
  @Max(99_999)
  @FractionDigits(2)
  progress: number;

  /**
   * The reader’s status in the series.
   * @example "started"
   */
  @Required()
  @IsIn(READING_STATUSES)
  @ApiProperty({ enum: READING_STATUSES, enumName: 'ReadingStatus', default: 'started' })
  status: ReadingStatus;

  /**
   * How often the reader has read the series again after the first time.
   * @example 0
   */
  @Optional()
  @Integer()
  @Min(0)
  @Max(9_999)
  reread?: number = 0;

  /**
   * The reader’s own score, which is not part of any average; at most one fraction digit. 0 and null mean unscored.
   * @example 8.5
   */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(10)
  @FractionDigits(1)
  score?: number | null = null;

  /**
   * Priority of reading on in the series.
   * @example "mid"
   */
  @Required()
  @IsIn(PRIORITIES)
  @ApiProperty({ enum: PRIORITIES, enumName: 'Priority' })
  priority: Priority;

  /**
   * When the reader began: a year, a month or a day.
   * @example "2026-01"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  start?: string | null = null;

  /**
   * When the reader finished: not before `start`, at the precision of both.
   * @example "2026-02-14"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @NotBeforeStart()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  end?: string | null = null;

  /**
   * The reader’s notes, which no other user sees; blank is stored as null.
   * @example "The film left out the best part."
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 10_000)
  notes?: string | null = null;

  /**
   * Id of the registered client that writes the entry; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;
}

export class HistoryQuery extends LocalizedSearchQuery {
  /**
   * Order of the page; the default is `update-desc`. Entries without the value are last in both directions; `priority` orders
   * low, mid, high.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(HISTORY_ORDERS)
  @ApiProperty({ enum: HISTORY_ORDERS, enumName: 'HistoryOrder' })
  order?: HistoryOrder;

  /**
   * Only entries of these statuses, separated by commas or by repeating the parameter.
   * @example ["started", "paused"]
   */
  @QueryList('status')
  @Optional()
  @rule('statuses', `must list some of ${READING_STATUSES.join(', ')}`, (value) => {
    return Array.isArray(value) && value.every((part: ReadingStatus) => READING_STATUSES.includes(part));
  })
  @ApiProperty({
    enum: READING_STATUSES,
    enumName: 'ReadingStatus',
    isArray: true,
    style: 'form',
    explode: false,
  } as object)
  status?: ReadingStatus[];

  /**
   * Only series of this client’s part of the catalog: its own, and those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** A reader’s entry of a series. */
@ApiSchema({ name: 'ReadingEntry' })
export class ReadingEntryDto {
  /**
   * Id of the reader who keeps the entry.
   * @example "6740a1b2c3d4e5f601234567"
   */
  @ApiProperty({ pattern: USER_ID_PATTERN.source })
  user_id: string;

  /**
   * Id of the series that the entry is about.
   * @example 1
   */
  @Integer()
  series_id: number;

  /**
   * Who may see the entry: its reader only, or everyone on the reader’s profile.
   * @example "private"
   */
  @ApiProperty({ enum: VISIBILITIES, enumName: 'Visibility' })
  visibility: Visibility;

  /**
   * Whether `progress` counts chapters or volumes.
   * @example "chapters"
   */
  @ApiProperty({ enum: PROGRESS_TYPES, enumName: 'ProgressType' })
  progress_type: ProgressType;

  /**
   * Last chapter or volume that was read; fractions such as chapter 10.5 exist.
   * @example 12
   */
  @Min(0)
  @Max(99_999)
  progress: number;

  /**
   * The reader’s status in the series.
   * @example "started"
   */
  @ApiProperty({ enum: READING_STATUSES, enumName: 'ReadingStatus' })
  status: ReadingStatus;

  /**
   * How often the reader has read the series again after the first time.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(9_999)
  reread: number;

  /**
   * The reader’s own score, which is not part of any average; null means unscored.
   * @example 8.5
   */
  @Min(0)
  @Max(10)
  score: number | null;

  /**
   * Priority of reading on in the series.
   * @example "mid"
   */
  @ApiProperty({ enum: PRIORITIES, enumName: 'Priority' })
  priority: Priority;

  /**
   * When the reader began, as precisely as they know it: a year, a month or a day.
   * @example "2026-01"
   */
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  start: string | null;

  /**
   * When the reader finished, as precisely as they know it: a year, a month or a day.
   * @example "2026-02-14"
   */
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  end: string | null;

  /**
   * The reader’s notes, which no other user sees.
   * @example "The film left out the best part."
   */
  @AnswerText(10000)
  notes: string | null;

  /**
   * Id of the client that wrote the entry last.
   * @example 1
   */
  @Integer()
  client: number;

  /**
   * When the entry was written last.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  last_update: string;
}

class HistoryDetailsDto {
  /** The reader’s entry of this series. */
  'reading-history': ReadingEntryDto;

  /** The reader’s own rating of this series; null when they have not rated it. */
  rating: RatingDto | null;
}

/** A series with the reader’s entry and rating. */
@ApiSchema({ name: 'HistorySeries' })
export class HistorySeriesDto extends IntersectionType(SeriesDto, HistoryDetailsDto) {}

@ApiSchema({ name: 'HistoryPage' })
export class HistoryPageDto extends PageDto {
  /** Series of this page, each with the reader’s entry. */
  series: HistorySeriesDto[];
}

/** An entry as others see it: without the notes. */
@ApiSchema({ name: 'PublicEntry' })
export class PublicEntryDto extends OmitType(ReadingEntryDto, ['notes']) {}

class PublicHistoryDetailsDto {
  /** The reader’s public entry of this series, without notes. */
  'reading-history': PublicEntryDto;
}

/** A series with the reader’s public entry. */
@ApiSchema({ name: 'PublicHistorySeries' })
export class PublicHistorySeriesDto extends IntersectionType(SeriesDto, PublicHistoryDetailsDto) {}

@ApiSchema({ name: 'PublicHistoryPage' })
export class PublicHistoryPageDto extends PageDto {
  /** Series of this page, each with the reader’s public entry. */
  series: PublicHistorySeriesDto[];
}
