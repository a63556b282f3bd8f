import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { AnswerText } from '../http/fields.js';
import { PageDto } from '../http/page.dto.js';
import { Integer, Optional, QueryInteger } from '../http/validation.js';
import { SeriesQuery } from './series-query.dto.js';
import { ListedSeriesDto } from './series.dto.js';

/** The parameters of the list of public series, and a filter by visibility. */
export class AdminSeriesQuery extends SeriesQuery {
  /**
   * Only series that lists of readers contain (1), or only those that they do not contain (0); both without the
   * parameter.
   * @example 0
   */
  @QueryInteger()
  @Optional()
  @Integer()
  @IsIn([0, 1])
  @ApiProperty({ enum: [0, 1] })
  public?: number;
}

/** A series as administrators of the catalog see it. */
@ApiSchema({ name: 'AdminSeries' })
export class AdminSeriesDto extends ListedSeriesDto {
  /**
   * The key in catalog files: an import of a line with it changes this series.
   * @example "sample:1"
   */
  @AnswerText(300)
  external_id: string;
}

@ApiSchema({ name: 'AdminSeriesPage' })
export class AdminSeriesPageDto extends PageDto {
  /** Series of this page that match the query, public or not. */
  series: AdminSeriesDto[];
}
