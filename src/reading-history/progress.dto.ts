import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min } from 'class-validator';
import { IsClient } from '../clients/client-id.js';
import { BlankIsNull, FractionDigits, Nullable, Optional, Required, rule } from '../http/validation.js';
import { IsPartialDate, PARTIAL_DATE } from './partial-date.js';
import { IsDevice } from '../http/device.js';
import { PROGRESS_OPERATIONS, type ProgressOperation } from './progress-operations.js';
import { PROGRESS_TYPES } from './reading-entry.entity.js';
import { type ProgressType, MAX_PROGRESS } from './entry-fields.js';

/** A change of one counter of an entry. */
@ApiSchema({ name: 'ProgressCommand' })
export class ProgressDto {
  /**
   * `set` stores the value, `max` the larger one of the stored and the sent value, `increment` their sum.
   * @example "max"
   */
  @Required()
  @IsIn(PROGRESS_OPERATIONS)
  @ApiProperty({ enum: PROGRESS_OPERATIONS, enumName: 'ProgressOperation' })
  op: ProgressOperation;

  /**
   * Chapter or volume that was read, or how many more; more than 0 for `increment`. At most two fraction digits.
   * @example 13
   */
  @Required()
  @IsNumber()
  @Min(0)
  @Max(MAX_PROGRESS)
  @FractionDigits(2)
  @rule('growing', 'must be more than 0 for increment', (value, object) => {
    return value !== 0 || (object as Record<string, unknown>)['op'] !== 'increment';
  })
  value: number;

  /** The counter that changes; by default that of the entry, or chapters without an entry. */
  @Optional()
  @IsIn(PROGRESS_TYPES)
  @ApiProperty({ enum: PROGRESS_TYPES, enumName: 'ProgressType' })
  progressType?: ProgressType;

  /**
   * Id of the registered client that sends the command; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Device that sends the command, for the log of changes.
   * @example "Haruka’s tablet"
   */
  @IsDevice()
  device?: string;

  /**
   * Start of the entry if it has none, and if this is not after its end: a year, a month or a day.
   * @example "2026-01-31"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  date?: string | null = null;
}
