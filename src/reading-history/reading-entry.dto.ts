import { USER_ID_PATTERN } from '../http/ids.js';
import { AnswerText, Timestamp } from '../http/fields.js';
import { applyDecorators } from '@nestjs/common';
import { ApiHideProperty, ApiProperty, ApiSchema, OmitType } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsIn, IsNumber, IsString, Max, Min } from 'class-validator';
import { IsClient } from '../clients/client-id.js';
import { OutcomeDto } from '../http/response.dto.js';
import {
  BlankIsNull,
  CodePointLength,
  FractionDigits,
  Integer,
  Nullable,
  Optional,
  Required,
  rule,
} from '../http/validation.js';
import { IsPartialDate, NotBeforeStart, PARTIAL_DATE } from './partial-date.js';
import { PRIORITIES, PROGRESS_TYPES, READING_STATUSES, VISIBILITIES } from './reading-entry.entity.js';
import {
  type Visibility,
  type ProgressType,
  type ReadingStatus,
  type Priority,
  MAX_PROGRESS,
  MAX_REREAD,
  isProgress,
} from './entry-fields.js';

/** A counter of an entry: null clears it, unless `progressType` names it. Then it must be equal to `progress`. */
function IsCounter(counter: ProgressType): PropertyDecorator {
  return applyDecorators(
    Optional(),
    rule(
      'counter',
      'must be null or a number from 0 to 99999 with at most 2 fraction digits, and must not contradict progress',
      (value, object) => {
        const { progressType, progress_type, progress } = object as Record<string, unknown>;
        if (value !== null && !isProgress(value)) return false;
        const isNamed = (progressType ?? progress_type) === counter;
        return !isNamed || progress === undefined || value === progress;
      },
    ),
    ApiProperty({ type: 'number', nullable: true, minimum: 0, maximum: MAX_PROGRESS }),
  );
}

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
  @Max(MAX_PROGRESS)
  @FractionDigits(2)
  progress: number;

  /**
   * Number of chapters that were read; without it the stored number stays. If `progressType` is `chapters`, it must be
   * equal to `progress`, else null clears it.
   * @example 12
   */
  @IsCounter('chapters')
  chapters?: number | null;

  /**
   * Number of volumes that were read; without it the stored number stays. If `progressType` is `volumes`, it must be
   * equal to `progress`, else null clears it.
   * @example 2
   */
  @IsCounter('volumes')
  volumes?: number | null;

  /**
   * The reader’s status in the series; `planned` means on the list, but not begun.
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
  @Max(MAX_REREAD)
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
  @Max(MAX_PROGRESS)
  progress: number;

  /**
   * Number of chapters that were read; null if it is not counted.
   * @example 12
   */
  @Min(0)
  @Max(MAX_PROGRESS)
  chapters: number | null;

  /**
   * Number of volumes that were read; null if it is not counted.
   * @example 2
   */
  @Min(0)
  @Max(MAX_PROGRESS)
  volumes: number | null;

  /**
   * The reader’s status in the series; `planned` means on the list, but not begun.
   * @example "started"
   */
  @ApiProperty({ enum: READING_STATUSES, enumName: 'ReadingStatus' })
  status: ReadingStatus;

  /**
   * How often the reader has read the series again after the first time: the stored number or the number of former
   * reads, whichever is larger.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(MAX_REREAD)
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

  /**
   * When the entry was added.
   * @example "2026-01-31T12:00:00.000Z"
   */
  @Timestamp()
  created: string;

  /**
   * Number of the last change of the entry or its reads: it grows with every change, and is never used twice for one
   * reader. Compare it only for equality.
   * @example 42
   */
  @Integer()
  @Min(1)
  version: number;
}

/** Answer to a change of an entry. */
@ApiSchema({ name: 'EntryAnswer' })
export class EntryAnswerDto extends OutcomeDto {
  /** The entry after the change; null after a deletion. */
  entry: ReadingEntryDto | null;
}

/** Error of a conditional change: the entry has another version. */
@ApiSchema({ name: 'EntryConflict' })
export class EntryConflictDto extends OutcomeDto {
  /** The entry as it is now; null if there is none. */
  entry: ReadingEntryDto | null;
}

/** An entry as others see it: without notes and version. */
@ApiSchema({ name: 'PublicEntry' })
export class PublicEntryDto extends OmitType(ReadingEntryDto, ['notes', 'version']) {}
