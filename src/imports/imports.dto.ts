import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, Max, Min } from 'class-validator';
import { AnswerText, Timestamp } from '../http/fields.js';
import { PageDto, PageQuery } from '../http/page.dto.js';
import { AtLeastOneProperty, BlankIsAbsent, Integer, Optional, Required } from '../http/validation.js';
import type { Visibility } from '../reading-history/entry-fields.js';
import { VISIBILITIES } from '../reading-history/reading-entry.entity.js';
import { type FormatName, FORMATS } from './formats/imported-row.js';
import { IMPORT_STATES, type ImportState, ROW_OUTCOMES, type RowOutcome } from './imports.entity.js';
import { STRATEGIES, type Strategy } from './planning/plan-entry.js';

/** The largest possible scores that a reader can name. */
export const SCALES = ['100', '10', '5', '3'] as const;

/** A file, and how it is imported. */
@ApiSchema({ name: 'NewImport' })
export class CreateImportDto {
  /** At most 20 MB; plain, gzip or zip, of which the first member that is recognized counts. */
  @ApiProperty({ type: 'string', format: 'binary', example: 'list.xml' })
  file: unknown;

  /**
   * Id of the registered client that imports: the one of the entries and items that are written.
   * @example 1
   */
  @Integer()
  @Min(1)
  client: number;

  /** The format of the file; recognized unless given. */
  @ApiProperty({ enum: FORMATS, enumName: 'ImportFormat', required: false })
  format?: FormatName;

  /** What the import does with entries that you already have; `furthest` unless given. */
  @ApiProperty({ enum: STRATEGIES, enumName: 'ImportStrategy', required: false })
  strategy?: Strategy;

  /** Visibility of new entries, unless the file names it; `private` unless given. */
  @ApiProperty({ enum: VISIBILITIES, enumName: 'Visibility', required: false })
  visibility?: Visibility;

  /** The largest possible score, where the file does not name it; 3 means smileys. */
  @ApiProperty({ enum: SCALES, enumName: 'ImportScale', required: false })
  scale?: string;

  /**
   * Whether tags and fields that entries lack are appended to the notes; false unless given.
   * @example true
   */
  @ApiProperty({ type: 'boolean', required: false })
  keep_extras?: boolean;
}

/** How far the job of an import is. */
@ApiSchema({ name: 'ImportProgress' })
export class ImportProgressDto {
  /**
   * Number of rows that have been matched or applied.
   * @example 120
   */
  @Integer()
  @Min(0)
  done: number;

  /**
   * Number of rows that will be matched or applied. It grows while the file is being read.
   * @example 300
   */
  @Integer()
  @Min(0)
  total: number;
}

/** Number of rows by outcome. */
@ApiSchema({ name: 'ImportCounts' })
export class ImportCountsDto {
  /**
   * Rows that add an entry, a rating or an item.
   * @example 200
   */
  @Integer()
  @Min(0)
  add: number;

  /**
   * Rows that change an entry, a rating, an item or settings.
   * @example 80
   */
  @Integer()
  @Min(0)
  change: number;

  /**
   * Rows that change nothing.
   * @example 12
   */
  @Integer()
  @Min(0)
  same: number;

  /**
   * Rows that are left out.
   * @example 1
   */
  @Integer()
  @Min(0)
  skip: number;

  /**
   * Rows that the reader must decide: several series match, or only similar ones.
   * @example 4
   */
  @Integer()
  @Min(0)
  ask: number;

  /**
   * Rows that cannot be applied, such as those about series that the catalog lacks.
   * @example 3
   */
  @Integer()
  @Min(0)
  refuse: number;
}

/** Why an import has failed. */
@ApiSchema({ name: 'ImportError' })
export class ImportErrorDto {
  /**
   * Why the import has failed.
   * @example "Invalid file"
   */
  @AnswerText(200)
  message: string;

  /**
   * The line at which reading the file stopped, from 1; null if there is none.
   * @example 27
   */
  @Integer()
  line: number | null;
}

/** A file that is imported, and the state of its job. */
@ApiSchema({ name: 'Import' })
export class ImportDto {
  /**
   * Id of the import, and of the origin of its changes in the log.
   * @example 12
   */
  @Integer()
  @Min(1)
  id: number;

  /** `reading` and `applying` are at work; a `preview` waits to be applied. */
  @ApiProperty({ enum: IMPORT_STATES, enumName: 'ImportState' })
  state: ImportState;

  /** The format of the file; null if it is so damaged that it was not recognized. */
  @ApiProperty({ enum: FORMATS, enumName: 'ImportFormat', nullable: true })
  format: FormatName | null;

  /** What the import does with entries that the reader already has. */
  @ApiProperty({ enum: STRATEGIES, enumName: 'ImportStrategy' })
  strategy: Strategy;

  /** When the file was uploaded. */
  @Timestamp()
  created: string;

  /** When the import is forgotten: a preview after 7 days, an applied import 30 days after it was applied. */
  @Timestamp()
  expires: string;

  /** How far the job is. */
  progress: ImportProgressDto;

  /** The rows by outcome, as of the last preview or application. */
  counts: ImportCountsDto;

  /** Why the import has failed; null unless its state is `failed`. */
  error: ImportErrorDto | null;
}

@ApiSchema({ name: 'ImportPage' })
export class ImportPageDto extends PageDto {
  /** Imports of this page, newest first. */
  imports: ImportDto[];
}

/** What the file says about the work of a row. */
@ApiSchema({ name: 'ImportRowSource' })
export class ImportRowSourceDto {
  /**
   * Title in the file; empty if it has none.
   * @example "Naruto"
   */
  @AnswerText(2000)
  title: string;

  /** Ids in the file, by site. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 200 },
    example: { mal: '11' },
  })
  ids: Record<string, string>;

  /**
   * ISBN of 13 digits in the file; null if it has none.
   * @example "9784088725093"
   */
  @AnswerText(13)
  isbn: string | null;
}

/** A series that a row may be about. */
@ApiSchema({ name: 'ImportCandidate' })
export class ImportCandidateDto {
  /**
   * Id of the series, for the decision.
   * @example 7
   */
  @Integer()
  @Min(1)
  series_id: number;

  /**
   * Name of the series in the catalog.
   * @example "Naruto"
   */
  @AnswerText(1000)
  name: string;

  /**
   * How well the series fits, from 0 to 1.
   * @example 0.9
   */
  @Min(0)
  @Max(1)
  confidence: number;
}

const FIELDS = { type: 'object', additionalProperties: true, nullable: true } as const;

/** A row of an imported file. */
@ApiSchema({ name: 'ImportRow' })
export class ImportRowDto {
  /**
   * Position of the row in the file, from 1.
   * @example 3
   */
  @Integer()
  @Min(1)
  number: number;

  /** What the file says about the work. */
  source: ImportRowSourceDto;

  /** What the row does. */
  @ApiProperty({ enum: ROW_OUTCOMES, enumName: 'ImportOutcome' })
  outcome: RowOutcome;

  /**
   * Why the row is not applied; null if it is, or if you have left it out.
   * @example "Not in the catalog"
   */
  @AnswerText(200)
  reason: string | null;

  /** The series that the row may be about, the best one first. */
  @ApiProperty({ type: [ImportCandidateDto], maxItems: 5 })
  candidates: ImportCandidateDto[];

  /**
   * Id of the series that the row is about; null if that is not decided, or for settings.
   * @example 7
   */
  @Integer()
  series_id: number | null;

  /** The reader’s entry before the row, and `item`, `rating` or `settings` if the row changes one; null for nothing. */
  @ApiProperty({ ...FIELDS, example: { status: 'started', chapters: 12 } })
  before: Record<string, unknown> | null;

  /** The same after the row; null if the row is not applied. */
  @ApiProperty({ ...FIELDS, example: { status: 'completed', chapters: 700 } })
  after: Record<string, unknown> | null;
}

@ApiSchema({ name: 'ImportRowPage' })
export class ImportRowPageDto extends PageDto {
  /** Rows of this page, in the order of the file. */
  rows: ImportRowDto[];
}

export class RowsQuery extends PageQuery {
  /** Only rows with this outcome. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(ROW_OUTCOMES)
  @ApiProperty({ enum: ROW_OUTCOMES, enumName: 'ImportOutcome' })
  outcome?: RowOutcome;
}

@ApiSchema({ name: 'ImportChanges' })
export class UpdateImportDto {
  /** The strategy with which the preview is computed again. */
  @Required()
  @IsIn(STRATEGIES)
  @ApiProperty({ enum: STRATEGIES, enumName: 'ImportStrategy' })
  strategy: Strategy;
}

/** A decision: exactly one of the fields. */
@AtLeastOneProperty()
@ApiSchema({ name: 'ImportRowDecision' })
export class DecideRowDto {
  /**
   * Id of the series that the row is about.
   * @example 7
   */
  @Optional()
  @Integer()
  @Min(1)
  @Max(2_147_483_647)
  series_id?: number;

  /** Leaves the row out. */
  @Optional()
  @IsIn(['skip'])
  @ApiProperty({ enum: ['skip'], enumName: 'ImportDecision' })
  outcome?: 'skip';
}
