import { ApiProperty, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { IsString, Max, Min } from 'class-validator';
import { AnswerText, CalendarDay } from '../http/fields.js';
import { PageDto, PageQuery } from '../http/page.dto.js';
import { IsClientFilter } from '../clients/client-id.js';
import { BlankIsAbsent, CodePointLength, Integer, Optional, Required } from '../http/validation.js';
import { ITEM_STATES, type ItemState } from './item-states.js';
import { LanguageQuery } from './language.dto.js';
import { SLUG_LENGTH, SeriesReferenceDto } from './series.dto.js';

export class VolumePageQuery extends IntersectionType(PageQuery, LanguageQuery) {
  /**
   * Only volumes in this language: an ISO 639-1 code or the English name, in any case.
   * @example "en"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, 200)
  language?: string;
}

export class IsbnQuery extends IntersectionType(PageQuery, LanguageQuery) {
  /**
   * An ISBN of 10 or 13 digits, as people paste it: with hyphens, spaces or a label before it.
   * @example "ISBN 978-1-56931-901-7"
   */
  @Required()
  @IsString()
  isbn: string;

  /**
   * Only volumes of this client’s part of the catalog: of its own series, and of those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** What a reader keeps about a volume on the shelf. */
@ApiSchema({ name: 'CollectionDetails' })
export class CollectionDetailsDto {
  /**
   * Id of the item, for updating and deleting it.
   * @example 31
   */
  @Integer()
  @Min(1)
  item_id: number;

  /** Whether the reader has the volume, has ordered it, or wants it. */
  @ApiProperty({ enum: ITEM_STATES, enumName: 'ItemState' })
  state: ItemState;

  /**
   * Date of the purchase; null for a volume that is wanted.
   * @example "2026-01-31"
   */
  @CalendarDay()
  buy_date: string | null;

  /**
   * What the reader paid, with at most the fraction digits of the currency; 0 unless given.
   * @example 9.99
   */
  @Min(0)
  @Max(999_999_999.999)
  price: number;

  /**
   * Currency of the price: an ISO 4217 code.
   * @example "EUR"
   */
  @ApiProperty({ pattern: '^[A-Z]{3}$', minLength: 3, maxLength: 3 })
  currency: string;

  /**
   * Condition of the copy in the reader’s own words.
   * @example "Like new"
   */
  @AnswerText(100)
  condition: string | null;

  /**
   * Where the copy stands, in the reader’s own words.
   * @example "Living room, second shelf"
   */
  @AnswerText(100)
  place: string | null;

  /**
   * The reader’s notes about the copy, which no other user sees.
   * @example "First printing, signed."
   */
  @AnswerText(2_000)
  notes: string | null;
}

/** One book of a series, in one edition. */
@ApiSchema({ name: 'Volume' })
export class VolumeDto {
  /**
   * Id of the volume, for the routes of volumes and of the collection.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * Name of the volume, as the catalog’s source gives it.
   * @example "Volume 1"
   */
  @AnswerText(1000)
  name: string;

  /**
   * The names of series and volume for readable URLs; not unique.
   * @example "one-piece-volume-1"
   */
  @AnswerText(2 * SLUG_LENGTH + 1)
  slug: string;

  /**
   * Position of the book in its series; all editions of one book have the same.
   * @example 1
   */
  group_order: number;

  /**
   * ISO 639-1 code of the language that the book is printed in.
   * @example "en"
   */
  @AnswerText(50)
  language: string;

  /**
   * Day of publication; null when it is not known.
   * @example "2003-06-01"
   */
  @CalendarDay()
  release_date: string | null;

  /**
   * Number of pages; null when it has not been recorded.
   * @example 216
   */
  @Integer()
  pages: number | null;

  /**
   * ISBN of ten characters, without dashes; null for books without one.
   * @example "1569319014"
   */
  @AnswerText(10)
  isbn10: string | null;

  /**
   * ISBN of thirteen digits, without dashes; null for books without one.
   * @example "9781569319017"
   */
  @AnswerText(13)
  isbn13: string | null;

  /**
   * Binding or medium, as the source of the catalog spells it; null when not known.
   * @example "Paperback"
   */
  @AnswerText(1000)
  type: string | null;

  /**
   * Publishing house of this edition; null when it is not known.
   * @example "VIZ Media"
   */
  @AnswerText(1000)
  publisher: string | null;

  /**
   * Blurb of the book; null when none is known.
   * @example "A boy sets out to find the greatest treasure of the seas."
   */
  @AnswerText(100000)
  description: string | null;

  /**
   * Name of a special edition; null for the standard edition.
   * @example "Deluxe Edition"
   */
  @AnswerText(1000)
  edition_name: string | null;

  /**
   * Path of the cover on the frontends’ own server; null without one.
   * @example "covers/one-piece-1.jpg"
   */
  @AnswerText(1000)
  cover_path: string | null;

  /**
   * Width of the cover divided by its height; null when it is not known.
   * @example 0.66
   */
  aspect_ratio: number | null;

  /**
   * 1 when the volume is for readers from 16 years, else 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw: number;

  /**
   * 1 when the volume is for readers from 18 years, else 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw18: number;

  /** The series that the volume belongs to. */
  series: SeriesReferenceDto;

  /**
   * Whether the signed-in reader owns the volume; false without a credential.
   * @example false
   */
  in_collection: boolean;

  /** The signed-in reader’s item, in any state; null without one, or without a credential. */
  collection: CollectionDetailsDto | null;
}

@ApiSchema({ name: 'VolumePage' })
export class VolumePageDto extends PageDto {
  /** Volumes of the series, by `group_order`. */
  volumes: VolumeDto[];
}

@ApiSchema({ name: 'FoundVolumePage' })
export class FoundVolumePageDto extends PageDto {
  /** Volumes with this ISBN, by `group_order`. */
  volumes: VolumeDto[];
}
