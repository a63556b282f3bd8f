import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import { BlankIsAbsent, Optional, QueryBoolean } from '../http/validation.js';

const EXPORT_FORMATS = ['mal', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export class ExportQuery {
  /**
   * The format of a file with your entries only: `mal` is XML that MyAnimeList imports, `csv` is for spreadsheets.
   * Without it, an archive with all your data.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(EXPORT_FORMATS)
  @ApiProperty({ enum: EXPORT_FORMATS, enumName: 'ExportFormat' })
  format?: ExportFormat;

  /**
   * Whether the archive contains your avatar and your photos. It has no effect on the other formats.
   * @example false
   */
  @QueryBoolean(false)
  @IsBoolean()
  @ApiProperty({ required: false })
  images: boolean = false;
}
