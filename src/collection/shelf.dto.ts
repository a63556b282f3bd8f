import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, Max, Min } from 'class-validator';
import { LocalizedSearchQuery } from '../catalog/language.dto.js';
import { IsSeriesView, type SeriesView } from '../catalog/series-query.dto.js';
import { ListedSeriesDto } from '../catalog/series.dto.js';
import { VolumeDto } from '../catalog/volume.dto.js';
import { IsClient } from '../clients/client-id.js';
import { PageDto } from '../http/page.dto.js';
import { BlankIsAbsent, Integer, Optional } from '../http/validation.js';

const SHELF_ORDERS = ['name-asc', 'name-desc', 'buy-date-asc', 'buy-date-desc'] as const;
export type ShelfOrder = (typeof SHELF_ORDERS)[number];

export class ShelfQuery extends LocalizedSearchQuery {
  /**
   * Order of the series; the default is `name-asc`. `buy-date` is the day of the last purchase of a volume of the
   * series; series without one are last in both directions.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(SHELF_ORDERS)
  @ApiProperty({ enum: SHELF_ORDERS, enumName: 'ShelfOrder' })
  order?: ShelfOrder;

  /**
   * The client that sends the request: only series of its part of the catalog are on the shelf.
   * @example 1
   */
  @IsClient()
  client: number;

  @IsSeriesView()
  view?: SeriesView;
}

/**
 * What a reader has and lacks of a series. An edition is a language with the name of an edition: the editions of a
 * reader are those of which they own a volume, and only volumes in these can be missing.
 */
@ApiSchema({ name: 'Shelf' })
export class ShelfDto {
  /**
   * Number of volumes that the reader owns.
   * @example 3
   */
  @Integer()
  @Min(0)
  owned: number;

  /**
   * Number of volumes that the reader has ordered.
   * @example 1
   */
  @Integer()
  @Min(0)
  ordered: number;

  /**
   * Number of volumes that the reader wants.
   * @example 2
   */
  @Integer()
  @Min(0)
  wanted: number;

  /**
   * Number of volumes that the catalog has in the reader’s editions, those that are not out yet included.
   * @example 12
   */
  @Integer()
  @Min(0)
  volumes: number;

  /**
   * Volumes of the reader’s editions that are out and neither owned nor ordered, by `group_order`: the first 100. A
   * volume without a release date counts as out when a later one of its edition is.
   */
  @ApiProperty({ type: [VolumeDto], maxItems: 100 })
  missing: VolumeDto[];

  /**
   * Number of all volumes that are missing.
   * @example 8
   */
  @Integer()
  @Min(0)
  @Max(1_000_000)
  missing_count: number;

  /** The first missing volume, else the next that comes out and is not ordered; null if there is none. */
  @ApiProperty({ type: VolumeDto, nullable: true })
  next: VolumeDto | null;
}

/** A series with what a reader has of it. */
@ApiSchema({ name: 'ShelfSeries' })
export class ShelfSeriesDto extends ListedSeriesDto {
  /** The reader’s items of the series, and what they lack. */
  shelf: ShelfDto;
}

@ApiSchema({ name: 'ShelfPage' })
export class ShelfPageDto extends PageDto {
  /** Series of which the reader has an item in any state. */
  series: ShelfSeriesDto[];
}
