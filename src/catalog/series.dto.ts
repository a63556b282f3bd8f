import { ApiProperty, ApiSchema } from '@nestjs/swagger';
import { IsIn, Max, Min } from 'class-validator';
import { IsClientFilter } from '../clients/client-id.js';
import { AnswerText } from '../http/fields.js';
import { PageDto } from '../http/page.dto.js';
import { BlankIsAbsent, CodePointLength, Integer, Optional } from '../http/validation.js';
import { SERIES_TYPES, type SeriesType } from './catalog.entity.js';
import { LocalizedSearchQuery } from './language.dto.js';

/** Maximum length of a series' slug: of 500 characters, each may become 18, as U+FDFA does in NFKD. */
export const SLUG_LENGTH = 500 * 18;

export const SERIES_ORDERS = [
  'name-asc',
  'name-desc',
  'added-asc',
  'added-desc',
  'rating-asc',
  'rating-desc',
  'relevance',
] as const;

export class SeriesQuery extends LocalizedSearchQuery {
  /**
   * Only series of this kind.
   * @example "Manga"
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(SERIES_TYPES)
  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type?: SeriesType;

  /**
   * Order of the page. The default is `relevance` with a search, else `name-asc`. Orders by rating may be up to a minute
   * old.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(SERIES_ORDERS)
  @ApiProperty({ enum: SERIES_ORDERS, enumName: 'SeriesOrder' })
  order?: (typeof SERIES_ORDERS)[number];

  /**
   * Only series of this client’s part of the catalog: its own, and those of no client.
   * @example 1
   */
  @IsClientFilter()
  client?: number;
}

/** The volume whose cover represents a series. */
@ApiSchema({ name: 'FirstVolume' })
export class FirstVolumeDto {
  /**
   * Id of the volume, for the routes of volumes and of the collection.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * Path of the cover on the frontends’ own server; null without one.
   * @example "covers/1.webp"
   */
  @AnswerText(1000)
  cover_path: string | null;

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

  /**
   * Width of the cover divided by its height; null when it is not known.
   * @example 0.66
   */
  aspect_ratio: number | null;
}

/** Ids of a series at other trackers; null where none is known. */
@ApiSchema({ name: 'SeriesLinks' })
export class SeriesLinksDto {
  /**
   * Id at MyAnimeList.
   * @example "13"
   */
  @CodePointLength(0, 100)
  mal: string | null;

  /**
   * Id at AniList.
   * @example "30013"
   */
  @CodePointLength(0, 100)
  anilist: string | null;

  /**
   * Id at Kitsu.
   * @example "38"
   */
  @CodePointLength(0, 100)
  kitsu: string | null;

  /**
   * Id at MangaUpdates.
   * @example "pb8uwds"
   */
  @CodePointLength(0, 100)
  mangaupdates: string | null;

  /**
   * Id at MangaDex, a UUID.
   * @example "a1c7c817-4e59-43b7-9365-09675a149a6f"
   */
  @CodePointLength(0, 100)
  mangadex: string | null;
}

/** A manga, manhwa, manhua, novel or comic. */
@ApiSchema({ name: 'Series' })
export class SeriesDto {
  /**
   * Id of the series, for the routes of series, ratings and the reading history.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * The series’ own name, in any requested language the same; `name` orders by it.
   * @example "One Piece"
   */
  @AnswerText(1000)
  name: string;

  /**
   * Kind of work: a Japanese, Korean or Chinese comic, another comic, or prose.
   * @example "Manga"
   */
  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type: SeriesType;

  /**
   * The series’ name for readable URLs; not unique, and not a parameter of any route.
   * @example "one-piece"
   */
  @AnswerText(SLUG_LENGTH)
  slug: string;

  /**
   * English name of the language that the series was first published in.
   * @example "Japanese"
   */
  @AnswerText(200)
  origin: string;

  /** Id of the only client whose catalog has the series; null when every client’s has it. */
  @Integer()
  @ApiProperty({ example: null })
  client: number | null;

  /**
   * 1 when lists contain the series, 0 when it is available only by its id.
   * @example 1
   */
  @Integer()
  @Min(0)
  @Max(1)
  public: number;

  /**
   * 1 when the series is for readers from 16 years, else 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw: number;

  /**
   * 1 when the series is for readers from 18 years, else 0.
   * @example 0
   */
  @Integer()
  @Min(0)
  @Max(1)
  nsfw18: number;

  /**
   * Title to show: the first one in the requested language, else in English, else `name`.
   * @example "One Piece"
   */
  @AnswerText(1000)
  alias: string;

  /**
   * All titles of the series, in every language.
   * @example ["One Piece", "ワンピース"]
   */
  aliases: string[];

  /**
   * Summary of the series in the requested language, else in English; null when there is neither.
   * @example "A boy sets out to find the greatest treasure of the seas."
   */
  @AnswerText(100000)
  description: string | null;

  /**
   * Genres and themes of the series.
   * @example ["Action", "Adventure"]
   */
  tags: string[];

  /**
   * Writers and artists of the series, as the catalog’s source spells them.
   * @example ["Oda, Eiichirou"]
   */
  authors: string[];

  /** Ids of the same series at other trackers. */
  links: SeriesLinksDto;

  /** The first volume of the series, whose cover represents it; null when no volume is known. */
  volume: FirstVolumeDto | null;

  /**
   * Mean of all readers’ ratings, with two digits; null when there are none.
   * @example 8.75
   */
  average_rating: number | null;

  /**
   * Number of readers who have rated the series.
   * @example 12
   */
  @Integer()
  @Min(0)
  rating_count: number;

  /**
   * ISO 639-1 code of the language of `volume`; null without a volume.
   * @example "en"
   */
  @AnswerText(50)
  publisher_language: string | null;
}

/** How many readers gave a rating. */
@ApiSchema({ name: 'RatingCount' })
export class RatingCountDto {
  /**
   * An integer rating. Ratings with a fraction are rounded half up to it.
   * @example 9
   */
  @Integer()
  @Min(1)
  @Max(10)
  rating: number;

  /**
   * Number of readers whose rating rounds to this one.
   * @example 7
   */
  @Integer()
  @Min(0)
  count: number;
}

/** A series with the distribution of its ratings. */
@ApiSchema({ name: 'SeriesDetail' })
export class SeriesDetailDto extends SeriesDto {
  /** Histogram of the ratings: ten elements, from rating 1 to rating 10. */
  ratings: RatingCountDto[];
}

@ApiSchema({ name: 'SeriesPage' })
export class SeriesPageDto extends PageDto {
  /** Series of this page that match the query. */
  series: SeriesDto[];
}

/** The series of a volume, in short. */
@ApiSchema({ name: 'SeriesReference' })
export class SeriesReferenceDto {
  /**
   * Id of the series, for the routes of series, ratings and the reading history.
   * @example 1
   */
  @Integer()
  id: number;

  /**
   * The series’ own name, in any requested language the same; `name` orders by it.
   * @example "One Piece"
   */
  @AnswerText(1000)
  name: string;

  /**
   * Title to show: the first one in the requested language, else in English, else `name`.
   * @example "One Piece"
   */
  @AnswerText(1000)
  alias: string;

  /**
   * The series’ name for readable URLs; not unique, and not a parameter of any route.
   * @example "one-piece"
   */
  @AnswerText(SLUG_LENGTH)
  slug: string;

  /**
   * Kind of work: a Japanese, Korean or Chinese comic, another comic, or prose.
   * @example "Manga"
   */
  @ApiProperty({ enum: SERIES_TYPES, enumName: 'SeriesType' })
  type: SeriesType;
}
