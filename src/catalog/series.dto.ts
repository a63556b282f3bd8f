import { ApiProperty, ApiSchema, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { Max, Min } from 'class-validator';
import { AnswerText } from '../http/fields.js';
import { PageDto } from '../http/page.dto.js';
import { CodePointLength, Integer } from '../http/validation.js';
import { PUBLICATIONS, type Publication, SERIES_TYPES, type SeriesType } from './catalog.entity.js';
import { OwnDetailsDto } from './own-entry.dto.js';

/** Maximum length of a series' slug: of 500 characters, each may become 18, as U+FDFA does in NFKD. */
export const SLUG_LENGTH = 500 * 18;

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
   * The series’ name for readable URLs; not unique. `GET /series/slug/{slug}` finds a series by it.
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

  /**
   * Number of chapters that exist; null when it is not known.
   * @example 1100
   */
  @Integer()
  @Min(0)
  chapters: number | null;

  /**
   * Number of volumes that exist, whether the catalog has them or not; null when it is not known.
   * @example 108
   */
  @Integer()
  @Min(0)
  volume_total: number | null;

  /**
   * Number of volumes of the series in the catalog, editions and languages counted apart.
   * @example 12
   */
  @Integer()
  @Min(0)
  volume_count: number;

  /** Whether the series still appears; null when it is not known. */
  @ApiProperty({ enum: PUBLICATIONS, enumName: 'Publication', nullable: true })
  publication: Publication | null;

  /**
   * Year in which the series began; null when it is not known.
   * @example 1997
   */
  @Integer()
  @Min(1)
  @Max(9999)
  year: number | null;

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
export class SeriesDetailDto extends IntersectionType(SeriesDto, OwnDetailsDto) {
  /** Histogram of the ratings: ten elements, from rating 1 to rating 10. */
  ratings: RatingCountDto[];
}

/** The properties that the view `card` leaves out. */
const DETAILS = ['description', 'aliases', 'tags', 'links'] as const;

/** A series in a list; with `view=card` without `description`, `aliases`, `tags` and `links`. */
export class ListedSeriesDto extends IntersectionType(
  OmitType(SeriesDto, DETAILS),
  PartialType(PickType(SeriesDto, DETAILS)),
) {}

/** A series in the list of the catalog. */
@ApiSchema({ name: 'Series' })
export class CatalogSeriesDto extends IntersectionType(ListedSeriesDto, OwnDetailsDto) {}

@ApiSchema({ name: 'SeriesPage' })
export class SeriesPageDto extends PageDto {
  /** Series of this page that match the query. */
  series: CatalogSeriesDto[];
}

/** The series of a volume, in short. */
@ApiSchema({ name: 'SeriesReference' })
export class SeriesReferenceDto extends PickType(SeriesDto, ['id', 'name', 'alias', 'slug', 'type']) {}
