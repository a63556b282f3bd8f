import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { ArrayMaxSize, IsIn, IsString, Min } from 'class-validator';
import { LocalizedSearchQuery } from '../catalog/language.dto.js';
import { CollectionDetailsDto, VolumeDto } from '../catalog/volume.dto.js';
import { IsClient } from '../clients/client-id.js';
import { IsCalendarDate } from '../http/dates.js';
import { PageDto } from '../http/page.dto.js';
import { CalendarDay } from '../http/fields.js';
import { OutcomeDto } from '../http/response.dto.js';
import {
  BlankIsAbsent,
  BlankIsNull,
  CodePointLength,
  Integer,
  Nullable,
  Optional,
  QueryList,
  Required,
} from '../http/validation.js';
import { CurrencyCode, ActiveCurrency } from '../settings/currency-code.js';
import { ITEM_STATES, type ItemState } from '../catalog/item-states.js';
import { IsPrice } from './is-price.js';

const COLLECTION_ORDERS = [
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

class StatesQuery {
  /** One or several states of the items; only `owned` unless given. */
  @QueryList('state')
  @Optional()
  @IsIn(ITEM_STATES, { each: true })
  @ArrayMaxSize(100)
  @ApiProperty({ enum: ITEM_STATES, enumName: 'ItemState', isArray: true, required: false })
  state?: readonly ItemState[];
}

export class CollectionQuery extends IntersectionType(LocalizedSearchQuery, StatesQuery) {
  /**
   * Order of the page; the default is `name-asc`. `name` orders by the series’ name, then by `group_order`, `price` by
   * the number, whatever the currency. Volumes without the date of the order are last in both directions.
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

export class CollectionStatsQuery extends StatesQuery {
  /**
   * The client that sends the request: only volumes of its part of the catalog are counted.
   * @example 1
   */
  @IsClient()
  client: number;
}

/** Maximum lengths of an item's texts, in characters. */
export const MAX_ITEM_TEXT = 100;
export const MAX_ITEM_NOTES = 2_000;

/** What a reader may say about an item besides price and date. */
class ItemDetailsDto {
  /** State of the item: the reader has the volume (the default of an add), has ordered it, or wants it. */
  @Optional()
  @IsIn(ITEM_STATES)
  @ApiProperty({ enum: ITEM_STATES, enumName: 'ItemState' })
  state?: ItemState;

  /**
   * Currency of the price as an ISO 4217 code. By default, an update keeps that of the item, and an addition takes that
   * of the settings.
   * @example "EUR"
   */
  @Optional()
  @ActiveCurrency()
  currency?: string;

  /**
   * Condition of the copy in the reader’s own words; blank is stored as null.
   * @example "Like new"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, MAX_ITEM_TEXT)
  condition?: string | null;

  /**
   * Where the copy stands; blank is stored as null.
   * @example "Living room, second shelf"
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, MAX_ITEM_TEXT)
  place?: string | null;

  /**
   * The reader’s notes about the copy, which no other user sees; blank is stored as null.
   * @example "First printing, signed."
   */
  @BlankIsNull()
  @Nullable()
  @IsString()
  @CodePointLength(0, MAX_ITEM_NOTES)
  notes?: string | null;
}

@ApiSchema({ name: 'NewItem' })
export class CreateCollectionItemDto extends ItemDetailsDto {
  /**
   * Id of the registered client that adds the volume; a number or its digits.
   * @example 1
   */
  @IsClient()
  client: number;

  /**
   * Price of the purchase, with no more fraction digits than its currency has; 0 unless given. Without `price` and
   * `currency`, an item that becomes owned keeps both.
   * @example 9.99
   */
  @Optional()
  @IsPrice()
  price?: number;

  /**
   * Date of the purchase; unless given, that of an item that becomes owned, else today (UTC). Ignored for `wanted`.
   * @example "2026-01-31"
   */
  @Optional()
  @IsCalendarDate()
  date?: string;
}

@ApiSchema({ name: 'ItemChanges' })
export class UpdateCollectionItemDto extends ItemDetailsDto {
  /**
   * Price that replaces the item’s, with no more fraction digits than its currency has.
   * @example 9.99
   */
  @Required()
  @IsPrice()
  price: number;

  /**
   * Date of the purchase that replaces the item’s; ignored for an item that is wanted.
   * @example "2026-01-31"
   */
  @Required()
  @IsCalendarDate()
  date: string;
}

@ApiSchema({ name: 'CollectionPage' })
export class CollectionPageDto extends PageDto {
  /** Volumes of the items, each with `collection`; `in_collection` is true for those that are owned. */
  volumes: VolumeDto[];
}

/** The items whose prices are in one currency. */
@ApiSchema({ name: 'CurrencyTotal' })
export class CurrencyTotalDto {
  /**
   * Currency of these items: an ISO 4217 code.
   * @example "EUR"
   */
  @CurrencyCode()
  currency: string;

  /**
   * Number of items with a price in this currency, those that cost nothing included.
   * @example 12
   */
  @Integer()
  @Min(1)
  items: number;

  /**
   * Sum of their prices, without rounding error.
   * @example 119.88
   */
  spent: number;
}

@ApiSchema({ name: 'CollectionStats' })
export class CollectionStatsDto {
  /**
   * Number of items in the given states.
   * @example 12
   */
  @Integer()
  @Min(0)
  total_items: number;

  /**
   * Sum of the prices in the reader’s own currency, without rounding error.
   * @example 10.29
   */
  total_spent: number;

  /** The sums of all currencies, by code. Prices are never converted. */
  totals: CurrencyTotalDto[];

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

/** An item of a collection: one volume that a reader owns, has ordered or wants. */
@ApiSchema({ name: 'Item' })
export class ItemDto extends CollectionDetailsDto {
  /**
   * Id of the volume of the item.
   * @example 7
   */
  @Integer()
  @Min(1)
  volume_id: number;

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
