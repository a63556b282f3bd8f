import { ApiProperty, ApiSchema, PartialType } from '@nestjs/swagger';
import { IsIn, IsNumber, IsString, Max, Min } from 'class-validator';
import { IsClient, IsOptionalClient } from '../clients/client-id.js';
import { AnswerText } from '../http/fields.js';
import {
  AtLeastOneProperty,
  BlankIsNull,
  CodePointLength,
  FractionDigits,
  Integer,
  Nullable,
  Required,
} from '../http/validation.js';
import { IsDevice } from '../http/device.js';
import { IsPartialDate, NotBeforeStart, PARTIAL_DATE } from './partial-date.js';
import { READING_STATUSES } from './reading-entry.entity.js';
import type { ReadingStatus } from './entry-fields.js';

/** A former read is not planned. */
export const READ_STATUSES = READING_STATUSES.filter((status) => status !== 'planned');

const STATUS = { enum: READ_STATUSES, enumName: 'ReadStatus' };

@ApiSchema({ name: 'NewReading' })
export class RestartDto {
  /**
   * Id of the registered client that begins the new read; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Device that begins the new read, for the log of changes.
   * @example "Haruka’s phone"
   */
  @IsDevice()
  device?: string;

  /**
   * When the new read begins: a year, a month or a day.
   * @example "2026-03"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  date?: string | null = null;
}

class ReadFieldsDto {
  /**
   * The reader’s status in this read.
   * @example "completed"
   */
  @Required()
  @IsIn(READ_STATUSES)
  @ApiProperty(STATUS)
  status: Exclude<ReadingStatus, 'planned'>;

  /**
   * When this read began: a year, a month or a day; null if unknown.
   * @example "2019"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  start?: string | null;

  /**
   * When this read ended, not before its `start`, at the precision of both; null if unknown.
   * @example "2019-08"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @NotBeforeStart()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  end?: string | null;

  /**
   * Number of chapters that were read this time; null if it was not counted.
   * @example 139
   */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(99_999)
  @FractionDigits(2)
  chapters?: number | null;

  /**
   * Number of volumes that were read this time; null if it was not counted.
   * @example 34
   */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(99_999)
  @FractionDigits(2)
  volumes?: number | null;

  /**
   * The reader’s score of this read; at most one fraction digit. 0 and null mean unscored.
   * @example 9
   */
  @Nullable()
  @IsNumber()
  @Min(0)
  @Max(10)
  @FractionDigits(1)
  score?: number | null;

  /**
   * The reader’s notes about this read, which no other user sees; blank is stored as null.
   * @example "Better the second time."
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, 10_000)
  notes?: string | null;
}

@ApiSchema({ name: 'NewRead' })
export class CreateReadDto extends ReadFieldsDto {
  /**
   * Id of the registered client that adds the read; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;
}

@ApiSchema({ name: 'ReadChanges' })
@AtLeastOneProperty()
export class UpdateReadDto extends PartialType(ReadFieldsDto, { skipNullProperties: false }) {
  /**
   * Id of the registered client that changes the read; a number or its digits.
   * @example 1
   */
  @IsOptionalClient()
  client?: number;
}

/** One time that a reader has read a series. */
@ApiSchema({ name: 'Read' })
export class ReadDto {
  /**
   * Id of the read.
   * @example 17
   */
  @Integer()
  @Min(1)
  id: number;

  /**
   * Position in the list of reads, from 1.
   * @example 1
   */
  @Integer()
  @Min(1)
  number: number;

  /**
   * Whether this is the current read, which is the entry itself.
   * @example false
   */
  current: boolean;

  /**
   * The status that the reader gave this read; only the current one can be planned.
   * @example "completed"
   */
  @ApiProperty({ enum: READING_STATUSES, enumName: 'ReadingStatus' })
  status: ReadingStatus;

  /**
   * When this read began, as precisely as the reader knows it.
   * @example "2019"
   */
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  start: string | null;

  /**
   * When this read ended, as precisely as the reader knows it.
   * @example "2019-08"
   */
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  end: string | null;

  /**
   * Number of chapters of this read; null if it was not counted.
   * @example 139
   */
  @Min(0)
  @Max(99_999)
  chapters: number | null;

  /**
   * Number of volumes of this read; null if it was not counted.
   * @example 34
   */
  @Min(0)
  @Max(99_999)
  volumes: number | null;

  /**
   * The reader’s score of this read; null means unscored.
   * @example 9
   */
  @Min(0)
  @Max(10)
  score: number | null;

  /**
   * The reader’s notes about this read, which no other user sees.
   * @example "Better the second time."
   */
  @AnswerText(10_000)
  notes: string | null;
}

@ApiSchema({ name: 'Reads' })
export class ReadsDto {
  /** Former reads by `start`, unknown first, then the current read. */
  reads: ReadDto[];
}
