import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsString, Max, MaxLength, Min } from 'class-validator';
import { AnswerText } from '../http/fields.js';
import { BlankIsAbsent, Integer, Optional, QueryInteger } from '../http/validation.js';
import { ReadingEntryDto } from './reading-entry.dto.js';

export const MAX_CURSOR = 200;

export class ChangesQuery {
  /**
   * `cursor` of the former page; without it the first page of all entries.
   * @example "AAAAAAAqAZLp3xQAq3m9b0cJd2f8Zk1yVtQwXg"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @MaxLength(MAX_CURSOR)
  cursor?: string;

  /**
   * Maximum number of changes on the page.
   * @example 100
   */
  @QueryInteger(100)
  @Integer()
  @Min(1)
  @Max(500)
  @ApiProperty({ required: false })
  limit: number = 100;
}

/** The last change of the entry of one series. */
@ApiSchema({ name: 'EntryChange' })
export class EntryChangeDto {
  /**
   * Id of the series whose entry has changed.
   * @example 1
   */
  @Integer()
  series_id: number;

  /**
   * Version of the entry, or number of its deletion.
   * @example 42
   */
  @Integer()
  @Min(1)
  version: number;

  /**
   * Whether the entry was deleted.
   * @example false
   */
  deleted: boolean;

  /** The entry as it is now; null if it was deleted. */
  entry: ReadingEntryDto | null;
}

@ApiSchema({ name: 'ChangesPage' })
export class ChangesPageDto {
  /** Changes in the order of `version`, each series once. */
  changes: EntryChangeDto[];

  /**
   * Cursor of the next page; keep it for the next synchronization.
   * @example "AAAAAAAqAZLp3xQAq3m9b0cJd2f8Zk1yVtQwXg"
   */
  @AnswerText(MAX_CURSOR)
  cursor: string;

  /**
   * Whether there are further changes now.
   * @example false
   */
  more: boolean;
}
