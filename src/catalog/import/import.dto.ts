import { Integer } from '../../http/validation.js';

/** A line that was not stored. */
export class RefusedLineDto {
  /**
   * From 1.
   * @example 17
   */
  @Integer()
  line: number;

  /**
   * What is wrong first; for developers.
   * @example "must have required property 'kind' (kind)"
   */
  reason: string;
}

/** Something that was left out of a line that was stored. */
export class LineWarningDto {
  /**
   * From 1.
   * @example 18
   */
  @Integer()
  line: number;

  /**
   * What was left out and why; for developers.
   * @example "a second description in pt is left out"
   */
  reason: string;
}

/** What an import did. */
export class ImportReportDto {
  /**
   * Series that are new or have changed.
   * @example 60
   */
  @Integer()
  series: number;

  /**
   * Their volumes.
   * @example 240
   */
  @Integer()
  volumes: number;

  /**
   * Lines that said what was known already.
   * @example 0
   */
  @Integer()
  unchanged: number;

  /** In the order of the lines; none of them kept another from being stored. */
  refused: RefusedLineDto[];

  /** What was left out of lines that were stored, such as an ISBN with a wrong check digit; 1,000 at most, absent without any. */
  warnings?: LineWarningDto[];
}
