import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { IsIn, Min } from 'class-validator';
import { LocalizedSearchQuery } from '../catalog/language.dto.js';
import { IsSeriesView, type SeriesView } from '../catalog/series-query.dto.js';
import { ListedSeriesDto } from '../catalog/series.dto.js';
import { IsClientFilter } from '../clients/client-id.js';
import { PageDto } from '../http/page.dto.js';
import { BlankIsAbsent, Integer, Optional, QueryList, rule } from '../http/validation.js';
import { RatingDto } from '../ratings/ratings.dto.js';
import { READING_STATUSES } from './reading-entry.entity.js';
import type { ReadingStatus } from './entry-fields.js';
import { ReadingEntryDto, PublicEntryDto } from './reading-entry.dto.js';

export const HISTORY_ORDERS = [
  'name-asc',
  'name-desc',
  'update-asc',
  'update-desc',
  'priority-asc',
  'priority-desc',
  'score-asc',
  'score-desc',
  'start-date-asc',
  'start-date-desc',
  'end-date-asc',
  'end-date-desc',
] as const;

export type HistoryOrder = (typeof HISTORY_ORDERS)[number];

export class HistoryQuery extends LocalizedSearchQuery {
  /**
   * Order of the page; the default is `update-desc`. Entries without the value are last in both directions; `priority`
   * orders low, mid, high.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(HISTORY_ORDERS)
  @ApiProperty({ enum: HISTORY_ORDERS, enumName: 'HistoryOrder' })
  order?: HistoryOrder;

  /**
   * Only entries of these statuses, separated by commas or by repeating the parameter.
   * @example ["started", "paused"]
   */
  @QueryList('status')
  @Optional()
  @rule('statuses', `must list some of ${READING_STATUSES.join(', ')}`, (value) => {
    return Array.isArray(value) && value.every((part: ReadingStatus) => READING_STATUSES.includes(part));
  })
  @ApiProperty({
    enum: READING_STATUSES,
    enumName: 'ReadingStatus',
    isArray: true,
    style: 'form',
    explode: false,
  } as object)
  status?: ReadingStatus[];

  /**
   * Only series of this client’s part of the catalog: its own, and those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;

  @IsSeriesView()
  view?: SeriesView;
}

class HistoryDetailsDto {
  /** The reader’s entry of this series. */
  'reading-history': ReadingEntryDto;

  /** The reader’s own rating of this series; null when they have not rated it. */
  rating: RatingDto | null;
}

/** A series with the reader’s entry and rating. */
@ApiSchema({ name: 'HistorySeries' })
export class HistorySeriesDto extends IntersectionType(ListedSeriesDto, HistoryDetailsDto) {}

/** Number of entries by status. */
@ApiSchema({ name: 'HistoryCounts' })
export class HistoryCountsDto implements Record<ReadingStatus, number> {
  /**
   * Number of the reader’s entries that are planned.
   * @example 4
   */
  @Integer()
  @Min(0)
  planned: number;

  /**
   * Number of the reader’s entries that are started.
   * @example 3
   */
  @Integer()
  @Min(0)
  started: number;

  /**
   * Number of the reader’s entries that are completed.
   * @example 12
   */
  @Integer()
  @Min(0)
  completed: number;

  /**
   * Number of the reader’s entries that are paused.
   * @example 1
   */
  @Integer()
  @Min(0)
  paused: number;

  /**
   * Number of the reader’s entries that are dropped.
   * @example 0
   */
  @Integer()
  @Min(0)
  dropped: number;
}

@ApiSchema({ name: 'HistoryPage' })
export class HistoryPageDto extends PageDto {
  /** Number of entries by status that match `search` and `client`, whatever the `status` of the request. */
  counts: HistoryCountsDto;

  /** Series of this page, each with the reader’s entry. */
  series: HistorySeriesDto[];
}

class PublicHistoryDetailsDto {
  /** The reader’s public entry of this series, without notes and version. */
  'reading-history': PublicEntryDto;
}

/** A series with the reader’s public entry. */
@ApiSchema({ name: 'PublicHistorySeries' })
export class PublicHistorySeriesDto extends IntersectionType(ListedSeriesDto, PublicHistoryDetailsDto) {}

@ApiSchema({ name: 'PublicHistoryPage' })
export class PublicHistoryPageDto extends PageDto {
  /** Series of this page, each with the reader’s public entry. */
  series: PublicHistorySeriesDto[];
}
