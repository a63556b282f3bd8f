import { ApiSchema } from '@nestjs/swagger';
import { AnswerText } from '../../http/fields.js';
import { Integer } from '../../http/validation.js';

/** A line that was not stored. */
@ApiSchema({ name: 'RefusedLine' })
export class RefusedLineDto {
  /**
   * Number of the line that was not stored; the first one is 1.
   * @example 17
   */
  @Integer()
  line: number;

  /**
   * First fault of the line; for developers, the wording may change.
   * @example "must have required property 'kind' (kind)"
   */
  @AnswerText(1000)
  reason: string;
}

/** A part of a stored line that was left out. */
@ApiSchema({ name: 'LineWarning' })
export class LineWarningDto {
  /**
   * Number of the line that was stored in part; the first one is 1.
   * @example 18
   */
  @Integer()
  line: number;

  /**
   * What was left out of the line, and why; for developers, the wording may change.
   * @example "a second description in pt is left out"
   */
  @AnswerText(1000)
  reason: string;
}

/** Result of an import. */
@ApiSchema({ name: 'ImportReport' })
export class ImportReportDto {
  /**
   * Number of series that are new or have changed.
   * @example 60
   */
  @Integer()
  series: number;

  /**
   * Number of volumes of those series.
   * @example 240
   */
  @Integer()
  volumes: number;

  /**
   * Number of lines that equal what the catalog already had.
   * @example 0
   */
  @Integer()
  unchanged: number;

  /** Refused lines, in the order of the file. All other lines are stored. */
  refused: RefusedLineDto[];

  /**
   * What was left out of lines that were stored, such as an ISBN with a wrong check digit; 1,000 at most, absent
   * without any.
   */
  warnings?: LineWarningDto[];
}
