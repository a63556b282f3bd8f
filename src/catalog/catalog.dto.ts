import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsString, Max, Min } from 'class-validator';
import { IsClientFilter } from '../clients/client-id.js';
import { PageDto, PageQuery, SearchQuery } from '../http/page.dto.js';
import { BlankIsAbsent, Characters, Integer, Optional } from '../http/validation.js';
import { SERIES_TYPES, type SeriesType } from './catalog.entity.js';

export const SERIES_ORDERS = [
  'name-asc',
  'name-desc',
  'added-asc',
  'added-desc',
  'rating-asc',
  'rating-desc',
  'relevance',
] as const;

/** The language of a route's texts. */
export class LanguageQuery {
  /**
   * ISO 639-1 code or English name of a language, in any case. Texts that are not there in it come in English, else
   * as the item's own name.
   * @example "en"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  user_lang?: string;
}

/** The parameters of every list that shows localized texts and can be searched. */
export class LocalizedSearchQuery extends IntersectionType(SearchQuery, LanguageQuery) {}

export class SeriesQuery extends LocalizedSearchQuery {
  /** Only series of this kind. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(SERIES_TYPES)
  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type?: SeriesType;

  /** `name-asc` unless given; with a search, `relevance`. Ratings may lag a minute behind. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(SERIES_ORDERS)
  @ApiProperty({ enum: SERIES_ORDERS, enumName: 'SeriesOrder' })
  order?: (typeof SERIES_ORDERS)[number];

  /**
   * Only series of this client, or of none.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

export class VolumePageQuery extends IntersectionType(PageQuery, LanguageQuery) {}

/** The volume that stands for a series. */
export class FirstVolumeDto {
  /** @example 1 */
  @Integer()
  id: number;

  /** @example "covers/1.webp" */
  cover_path: string | null;

  /** 1 for readers from 16, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw: number;

  /** 1 for readers from 18, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw18: number;

  /**
   * Width of the cover divided by its height.
   * @example 0.66
   */
  aspect_ratio: number | null;
}

/** Ids of a series at other trackers; null where none is known. */
export class SeriesLinksDto {
  /**
   * MyAnimeList.
   * @example "13"
   */
  @Characters(0, 100)
  mal: string | null;

  /**
   * AniList.
   * @example "30013"
   */
  @Characters(0, 100)
  anilist: string | null;

  /**
   * Kitsu.
   * @example "38"
   */
  @Characters(0, 100)
  kitsu: string | null;

  /**
   * MangaUpdates.
   * @example "pb8uwds"
   */
  @Characters(0, 100)
  mangaupdates: string | null;

  /**
   * MangaDex.
   * @example "a1c7c817-4e59-43b7-9365-09675a149a6f"
   */
  @Characters(0, 100)
  mangadex: string | null;
}

/** A manga, manhwa, manhua, novel or comic. */
export class SeriesDto {
  /** @example 1 */
  @Integer()
  id: number;

  /** @example "One Piece" */
  name: string;

  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type: SeriesType;

  /** @example "one-piece" */
  slug: string;

  /**
   * English name of the original language.
   * @example "Japanese"
   */
  origin: string;

  /** The client that the series belongs to; null belongs to all. */
  @Integer()
  client: number | null;

  /** 1 when lists show the series, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  public: number;

  /** 1 for readers from 16, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw: number;

  /** 1 for readers from 18, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw18: number;

  /**
   * The first title in the language asked for, else in English, else the name.
   * @example "One Piece"
   */
  alias: string;

  /**
   * Every title.
   * @example ["One Piece", "ワンピース"]
   */
  aliases: string[];

  /** In the language asked for, else in English. */
  description: string | null;

  /** @example ["Action", "Adventure"] */
  tags: string[];

  /**
   * Writers and artists.
   * @example ["Oda, Eiichirou"]
   */
  authors: string[];

  /** The same series at other trackers. */
  links: SeriesLinksDto;

  /** The first volume, or null when none is known. */
  volume: FirstVolumeDto | null;

  /**
   * Mean of all ratings, with two digits; null when unrated.
   * @example 8.75
   */
  average_rating: number | null;

  /** @example 12 */
  @Integer()
  @Min(0)
  rating_count: number;

  /**
   * ISO 639-1 code of the first volume's language.
   * @example "en"
   */
  publisher_language: string | null;
}

/** How many readers gave a rating. */
export class RatingCountDto {
  /** From 1 to 10; ratings with a fraction are rounded half up. */
  @Integer()
  @Min(1)
  @Max(10)
  rating: number;

  @Integer()
  @Min(0)
  count: number;
}

/** A series with the distribution of its ratings. */
export class SeriesDetailDto extends SeriesDto {
  /** One element for each rating from 1 to 10. */
  ratings: RatingCountDto[];
}

export class SeriesPageDto extends PageDto {
  series: SeriesDto[];
}

/** A series as its volumes name it. */
export class SeriesReferenceDto {
  /** @example 1 */
  @Integer()
  id: number;

  /** @example "One Piece" */
  name: string;

  /** @example "One Piece" */
  alias: string;

  /** @example "one-piece" */
  slug: string;

  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type: SeriesType;
}

/** What a reader keeps about an owned volume. */
export class CollectionDetailsDto {
  /** @example 1 */
  @Integer()
  item_id: number;

  /**
   * Date of purchase.
   * @example "2026-01-31"
   */
  buy_date: string;

  /** @example 9.99 */
  price: number;
}

/** One book of a series, in one edition. */
export class VolumeDto {
  /** @example 1 */
  @Integer()
  id: number;

  /** @example "Volume 1" */
  name: string;

  /** @example "one-piece-volume-1" */
  slug: string;

  /**
   * Position in the series; editions of one book share it.
   * @example 1
   */
  group_order: number;

  /**
   * ISO 639-1 code.
   * @example "en"
   */
  language: string;

  /** @example "2003-06-01" */
  release_date: string | null;

  /** @example 216 */
  @Integer()
  pages: number | null;

  /** @example null */
  isbn10: string | null;

  /** @example "9781569319017" */
  isbn13: string | null;

  /** @example "Paperback" */
  type: string | null;

  /** @example "VIZ Media" */
  publisher: string | null;

  /** @example null */
  description: string | null;

  /** @example null */
  edition_name: string | null;

  /** @example null */
  cover_path: string | null;

  /**
   * Width of the cover divided by its height.
   * @example 0.66
   */
  aspect_ratio: number | null;

  /** 1 for readers from 16, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw: number;

  /** 1 for readers from 18, else 0. */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw18: number;

  series: SeriesReferenceDto;

  /** Whether the reader who asks owns it; false for others. */
  in_collection: boolean;

  /** The reader's own copy, or null. */
  collection: CollectionDetailsDto | null;
}

export class VolumePageDto extends PageDto {
  volumes: VolumeDto[];
}
