import { CalendarDay } from '../http/fields.js';
import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsNumber, Max, Min } from 'class-validator';
import { LocalizedSearchQuery } from '../catalog/language.dto.js';
import { VolumeDto } from '../catalog/volume.dto.js';
import { IsClient } from '../clients/client-id.js';
import { isCalendarDate } from '../http/dates.js';
import { PageDto } from '../http/page.dto.js';
import { OutcomeDto } from '../http/response.dto.js';
import { BlankIsAbsent, FractionDigits, Integer, Optional, Required, rule } from '../http/validation.js';

export const COLLECTION_ORDERS = [
  'name-asc',
  'name-desc',
  'buy-date-asc',
  'buy-date-desc',
  'price-asc',
  'price-desc',
  'release-date-asc',
  'release-date-desc',
] as const;

export type CollectionOrder = (typeof COLLECTION_ORDERS)[number];

function IsCalendarDate(): PropertyDecorator {
  return rule('calendarDate', 'must be an existing date: YYYY-MM-DD', (value) => {
    return typeof value === 'string' && isCalendarDate(value);
  });
}

export class CollectionQuery extends LocalizedSearchQuery {
  /**
   * Order of the page; the default is `name-asc`. `name` orders by the series’ name, then by `group_order`. Volumes
   * without a release date are last in both directions.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(COLLECTION_ORDERS)
  @ApiProperty({ enum: COLLECTION_ORDERS, enumName: 'CollectionOrder' })
  order?: CollectionOrder;

  /**
   * The client that sends the request: only volumes of its part of the catalog are listed.
   * @example 1
   */
  @IsClient()
  client: number;
}

export class CollectionStatsQuery {
  /**
   * The client that sends the request: only volumes of its part of the catalog are counted.
   * @example 1
   */
  @IsClient()
  client: number;
}

@ApiSchema({ name: 'NewItem' })
export class CreateCollectionItemDto {
  /**
   * Id of the registered client that adds the volume; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Price of the purchase, with at most two fraction digits.
   * @example 9.99
   */
  @Optional()
  @IsNumber()
  @Min(0)
  @Max(999_999.99)
  @FractionDigits(2)
  price?: number = 0;

  /**
   * Date of the purchase; today (UTC) unless given.
   * @example "2026-01-31"
   */
  @Optional()
  @IsCalendarDate()
  @ApiProperty({ format: 'date' })
  date?: string;
}

@ApiSchema({ name: 'ItemChanges' })
export class UpdateCollectionItemDto {
  /**
   * Price that replaces the item’s, with at most two fraction digits.
   * @example 9.99
   */
  @Required()
  @IsNumber()
  @Min(0)
  @Max(999_999.99)
  @FractionDigits(2)
  price: number;

  /**
   * Date of the purchase that replaces the item’s.
   * @example "2026-01-31"
   */
  @Required()
  @IsCalendarDate()
  @ApiProperty({ format: 'date' })
  date: string;
}

@ApiSchema({ name: 'CollectionPage' })
export class CollectionPageDto extends PageDto {
  /** Owned volumes, each with `in_collection` true and the reader’s copy. */
  volumes: VolumeDto[];
}

@ApiSchema({ name: 'CollectionStats' })
export class CollectionStatsDto {
  /**
   * Number of owned volumes.
   * @example 12
   */
  @Integer()
  @Min(0)
  total_items: number;

  /**
   * Sum of the prices of all items, without rounding error.
   * @example 10.29
   */
  total_spent: number;

  /**
   * Date of the earliest purchase; null when there is none.
   * @example "2024-05-01"
   */
  @CalendarDay()
  first_buy: string | null;

  /**
   * Date of the latest purchase; null when there is none.
   * @example "2026-01-31"
   */
  @CalendarDay()
  last_buy: string | null;
}

/** An item of a collection: one owned volume. */
@ApiSchema({ name: 'Item' })
export class ItemDto {
  /**
   * Id of the item, for changes and deletion.
   * @example 31
   */
  @Integer()
  @Min(1)
  item_id: number;

  /**
   * Id of the volume that the reader owns.
   * @example 7
   */
  @Integer()
  @Min(1)
  volume_id: number;

  /**
   * Date on which the volume was bought.
   * @example "2026-01-31"
   */
  @CalendarDay()
  buy_date: string;

  /**
   * Price that was paid, with at most two fraction digits.
   * @example 9.99
   */
  @Min(0)
  @Max(999_999.99)
  price: number;

  /**
   * Id of the client that added the item.
   * @example 1
   */
  @Integer()
  client: number;
}

/** Answer to a change of an item. */
@ApiSchema({ name: 'ItemAnswer' })
export class ItemAnswerDto extends OutcomeDto {
  /** The item after the change, or the one that exists already; null after a deletion. */
  item: ItemDto | null;
}
