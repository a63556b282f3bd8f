import { ApiProperty, ApiSchema, IntersectionType, OmitType, PartialType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsNumber, Max, Min } from 'class-validator';
import { BulkItems, Operation } from '../bulk/bulk-items.js';
import { IsClient } from '../clients/client-id.js';
import { FieldErrorDto, OutcomeDto } from '../http/response.dto.js';
import {
  BlankIsNull,
  FractionDigits,
  Integer,
  Nullable,
  Optional,
  Required,
  rule,
} from '../http/validation.js';
import { IsDevice } from '../http/device.js';
import { IsPartialDate, PARTIAL_DATE } from './partial-date.js';
import { PROGRESS_OPERATIONS, type ProgressOperation } from './progress-operations.js';
import { PROGRESS_TYPES } from './reading-entry.entity.js';
import type { ProgressType } from './entry-fields.js';
import { ReadingEntryDto, SaveReadingEntryDto } from './reading-entry.dto.js';

/** The target of an item. */
class EntryItemDto {
  /**
   * Id of the series whose entry the item changes.
   * @example 1
   */
  @Required()
  @Integer()
  @Min(1)
  series_id: number;

  /**
   * Fails the item with 412 unless the entry has this version.
   * @example 42
   */
  @Optional()
  @Integer()
  @Min(1)
  if_version?: number;
}

class EntryFieldsDto extends OmitType(SaveReadingEntryDto, ['client']) {}

/** Adds an entry. */
@ApiSchema({ name: 'BulkAddEntry' })
export class AddEntryItemDto extends IntersectionType(EntryItemDto, EntryFieldsDto) {
  /** Adds an entry, which must not exist. */
  @Operation('add')
  op: 'add';
}

/** Replaces an entry. */
@ApiSchema({ name: 'BulkUpdateEntry' })
export class UpdateEntryItemDto extends IntersectionType(EntryItemDto, EntryFieldsDto) {
  /** Replaces an entry, which must exist. */
  @Operation('update')
  op: 'update';
}

/** Adds or replaces an entry. */
@ApiSchema({ name: 'BulkPutEntry' })
export class PutEntryItemDto extends IntersectionType(EntryItemDto, EntryFieldsDto) {
  /** Adds or replaces an entry. */
  @Operation('put')
  op: 'put';
}

/** Changes fields of an entry. */
@ApiSchema({ name: 'BulkPatchEntry' })
export class PatchEntryItemDto extends IntersectionType(
  EntryItemDto,
  PartialType(EntryFieldsDto, { skipNullProperties: false }),
) {
  /** Changes the given fields of an entry. */
  @Operation('patch')
  op: 'patch';
}

/** Changes a counter of an entry. */
@ApiSchema({ name: 'BulkProgress' })
export class ProgressItemDto extends EntryItemDto {
  /** Changes a counter of an entry, which is added if there is none. */
  @Operation('progress')
  op: 'progress';

  /**
   * `set` stores the value of the item, `max` the larger one of the stored and that value, `increment` their sum.
   * @example "max"
   */
  @Required()
  @IsIn(PROGRESS_OPERATIONS)
  @ApiProperty({ enum: PROGRESS_OPERATIONS, enumName: 'ProgressOperation' })
  mode: ProgressOperation;

  /**
   * Chapter or volume up to which the item counts, or how many more; more than 0 for `increment`.
   * @example 13
   */
  @Required()
  @IsNumber()
  @Min(0)
  @Max(99_999)
  @FractionDigits(2)
  @rule('growing', 'must be more than 0 for increment', (value, object) => {
    return value !== 0 || (object as Record<string, unknown>)['mode'] !== 'increment';
  })
  value: number;

  /** The counter that the item changes; by default that of the entry, or chapters without an entry. */
  @Optional()
  @IsIn(PROGRESS_TYPES)
  @ApiProperty({ enum: PROGRESS_TYPES, enumName: 'ProgressType' })
  progressType?: ProgressType;

  /**
   * Start that the item gives the entry if it has none: a year, a month or a day.
   * @example "2026-01-31"
   */
  @BlankIsNull()
  @Nullable()
  @IsPartialDate()
  @ApiProperty({ pattern: PARTIAL_DATE.source })
  date?: string | null;
}

/** Deletes an entry. */
@ApiSchema({ name: 'BulkDeleteEntry' })
export class DeleteEntryItemDto extends EntryItemDto {
  /** Deletes an entry with its former reads. */
  @Operation('delete')
  op: 'delete';
}

export const ENTRY_OPERATIONS = {
  add: AddEntryItemDto,
  update: UpdateEntryItemDto,
  put: PutEntryItemDto,
  patch: PatchEntryItemDto,
  progress: ProgressItemDto,
  delete: DeleteEntryItemDto,
};

export type EntryItem =
  | AddEntryItemDto
  | UpdateEntryItemDto
  | PutEntryItemDto
  | PatchEntryItemDto
  | ProgressItemDto
  | DeleteEntryItemDto;

@ApiSchema({ name: 'HistoryBulk' })
export class HistoryBulkDto {
  /**
   * Id of the registered client that sends the bulk; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Whether nothing is changed if an item fails.
   * @example false
   */
  @Optional()
  @IsBoolean()
  atomic?: boolean = false;

  /**
   * Device that sends the bulk, for the log of changes.
   * @example "Haruka’s laptop"
   */
  @IsDevice()
  device?: string;

  /** Changes of entries, which are applied in order. */
  @BulkItems(ENTRY_OPERATIONS, [{ op: 'progress', series_id: 1, mode: 'max', value: 13 }])
  items: unknown[];
}

/** Result of an item. */
@ApiSchema({ name: 'HistoryBulkItemResult' })
export class EntryResultDto {
  /**
   * Position of the item in the bulk, from 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  index: number;

  /**
   * Operation of the item; null if it is unknown.
   * @example "progress"
   */
  @ApiProperty({ maxLength: 10 })
  op: string | null;

  /**
   * Id of the series of the item; null if the item has none.
   * @example 1
   */
  @Integer()
  series_id: number | null;

  /**
   * Status that the single request would have.
   * @example 200
   */
  @Integer()
  code: number;

  /** Message that the single request would have. */
  @ApiProperty({ $ref: '#/components/schemas/Message' } as never)
  data: string;

  /**
   * Version of the entry after the change; null after a failure or a deletion.
   * @example 42
   */
  @Integer()
  version: number | null;

  /** Faulty fields of an item with code 400; null otherwise. */
  @ApiProperty({ type: [FieldErrorDto], nullable: true })
  errors: FieldErrorDto[] | null;

  /** For the codes 409 and 412, the entry as it is, or null; absent otherwise. */
  @ApiProperty({ required: false })
  entry?: ReadingEntryDto | null;
}

@ApiSchema({ name: 'HistoryBulkResult' })
export class HistoryBulkResultDto {
  /**
   * Id of the bulk, by which it can be undone.
   * @example 40
   */
  @Integer()
  @Min(1)
  id: number;

  /** Results of all items of the bulk in their order. */
  results: EntryResultDto[];
}

/** Error of an atomic bulk: nothing was changed. */
@ApiSchema({ name: 'HistoryBulkFailure' })
export class HistoryBulkFailureDto extends OutcomeDto {
  /** Results of the items that have failed. */
  results: EntryResultDto[];
}
