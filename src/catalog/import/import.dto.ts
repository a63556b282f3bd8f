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
}
