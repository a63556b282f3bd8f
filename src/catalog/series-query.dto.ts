import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Expose, Transform } from 'class-transformer';
import { IsIn, IsString, Max, Min } from 'class-validator';
import { IsClientFilter } from '../clients/client-id.js';
import { parseId } from '../http/ids.js';
import {
  BlankIsAbsent,
  CodePointLength,
  Integer,
  isBlank,
  Optional,
  QueryBoolean,
  QueryInteger,
  QueryList,
  rule,
} from '../http/validation.js';
import { PUBLICATIONS, type Publication, SERIES_TYPES, type SeriesType } from './catalog.entity.js';
import { LocalizedSearchQuery } from './language.dto.js';
import { NSFW_FILTERS, type NsfwFilter } from './nsfw.js';

export const SERIES_ORDERS = [
  'name-asc',
  'name-desc',
  'added-asc',
  'added-desc',
  'rating-asc',
  'rating-desc',
  'relevance',
] as const;

const SERIES_VIEWS = ['full', 'card'] as const;
export type SeriesView = (typeof SERIES_VIEWS)[number];

/** The parameter `view` of lists of series. */
export function IsSeriesView(): PropertyDecorator {
  return applyDecorators(
    BlankIsAbsent(),
    Optional(),
    IsIn(SERIES_VIEWS),
    ApiProperty({
      description:
        'What to answer of each series; `card` leaves out `description`, `aliases`, `tags` and `links`.',
      enum: SERIES_VIEWS,
      enumName: 'SeriesView',
    }),
  );
}

/** A year as filter. */
function IsYear(): PropertyDecorator {
  return applyDecorators(
    QueryInteger(),
    Optional(),
    Integer(),
    Min(1),
    Max(9999),
    ApiProperty({ minimum: 1, maximum: 9999 }),
  );
}

/** Maximum number of ids, and of tags, of a request. */
const MAX_IDS = 100;
const MAX_TAGS = 20;
/** Longest tag or origin of a catalog file. */
const LABEL_LENGTH = 200;

const BESIDE_ORDER = Symbol('ids beside search, order, limit or offset');

export class SeriesQuery extends LocalizedSearchQuery {
  /**
   * Only series of these kinds, separated by commas or by repeating the parameter.
   * @example ["Manga", "Manhwa"]
   */
  @QueryList('type')
  @Optional()
  @rule('types', `must list some of ${SERIES_TYPES.join(', ')}`, (value) => {
    return Array.isArray(value) && value.every((part: SeriesType) => SERIES_TYPES.includes(part));
  })
  @ApiProperty({
    enum: SERIES_TYPES,
    enumName: 'SeriesType',
    isArray: true,
    style: 'form',
    explode: false,
  } as object)
  type?: SeriesType[];

  /**
   * Order of the page. The default is `relevance` with a search, else `name-asc`. Orders by rating may be up to a
   * minute old.
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

  /**
   * Only these series, in this order, on one page, also those with `public` 0; ids of no series are left out. Not
   * beside `search`, `order`, `limit` or `offset`.
   * @example [3, 1, 2]
   */
  @Transform(({ obj }: { obj: Record<string, unknown> }) => idsOf(obj))
  @Expose()
  @Optional()
  @rule(
    'ids',
    `must list 1 to ${MAX_IDS} ids, and must not be given beside search, order, limit or offset`,
    (value) => Array.isArray(value) && value.length <= MAX_IDS && value.every((id) => typeof id === 'number'),
  )
  @ApiProperty({
    type: 'array',
    items: { type: 'integer', minimum: 1 },
    minItems: 1,
    maxItems: MAX_IDS,
    style: 'form',
    explode: false,
  } as object)
  ids?: number[];

  /**
   * Which series to leave out by age: `hide` those from 16 and from 18 years, `show` those from 18 years, `show-18`
   * none. The default is `show-18`.
   */
  @BlankIsAbsent()
  @Optional()
  @IsIn(NSFW_FILTERS)
  @ApiProperty({ enum: NSFW_FILTERS, enumName: 'NsfwFilter' })
  nsfw?: NsfwFilter;

  /**
   * Only series that have all of these tags, in upper or lower case. The parameter is repeated for each tag, since a
   * comma may be part of one.
   * @example ["Action", "Slice of Life"]
   */
  @Transform(({ obj }: { obj: Record<string, unknown> }) => valuesOf(obj, 'tags'))
  @Expose()
  @Optional()
  @rule('tags', `must be at most ${MAX_TAGS} texts of at most ${LABEL_LENGTH} characters`, areTags)
  @ApiProperty({
    type: 'array',
    items: { type: 'string', maxLength: LABEL_LENGTH },
    maxItems: MAX_TAGS,
    style: 'form',
    explode: true,
  } as object)
  tags?: string[];

  /**
   * Only series that are in the reader’s list (`true`), or only those that are not (`false`). Needs a credential.
   * @example true
   */
  @QueryBoolean()
  @Optional()
  @rule('boolean', 'must be true or false', (value) => typeof value === 'boolean')
  @ApiProperty({ type: 'boolean' })
  in_list?: boolean;

  /**
   * Only series that were first published in this language, by its English name in upper or lower case.
   * @example "Japanese"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, LABEL_LENGTH)
  origin?: string;

  /** Only series in this state of publication. */
  @BlankIsAbsent()
  @Optional()
  @IsIn(PUBLICATIONS)
  @ApiProperty({ enum: PUBLICATIONS, enumName: 'Publication' })
  publication?: Publication;

  /**
   * Only series that began in this year or later. Those whose year is not known are left out.
   * @example 1990
   */
  @IsYear()
  year_from?: number;

  /**
   * Only series that began in this year or earlier. Those whose year is not known are left out.
   * @example 1999
   */
  @IsYear()
  year_to?: number;

  /**
   * Only series of which the catalog has a volume in this language: an ISO 639-1 code or the English name, in any case.
   * @example "en"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  @CodePointLength(0, LABEL_LENGTH)
  language?: string;

  @IsSeriesView()
  view?: SeriesView;
}

/** The range of the page: with `ids`, one page of all of them. */
export function rangeOf({ ids, limit, offset }: SeriesQuery): { limit: number; offset: number } {
  return ids === undefined ? { limit, offset } : { limit: ids.length, offset: 0 };
}

/** All values of a parameter that may be repeated, with or without `[]`; undefined for none. */
function valuesOf(query: Record<string, unknown>, name: string): unknown[] | undefined {
  const values = [query[name], query[`${name}[]`]].flat().filter((value) => !isBlank(value));
  return values.length === 0 ? undefined : values;
}

/** The ids of a query. An id that is malformed stays a text. */
function idsOf(query: Record<string, unknown>): unknown {
  const values = valuesOf(query, 'ids');
  if (values === undefined) return undefined;
  const isBesideOrder = ['search', 'order', 'limit', 'offset'].some((name) => !isBlank(query[name]));
  if (isBesideOrder) return BESIDE_ORDER;
  const ids = values.flatMap((value) => (typeof value === 'string' ? value.split(',') : [value]));
  return ids.map((id) => (typeof id === 'string' ? (parseId(id.trim()) ?? id) : id));
}

function areTags(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > MAX_TAGS) return false;
  return value.every(
    (tag) =>
      typeof tag === 'string' && [...tag].length <= LABEL_LENGTH && tag.isWellFormed() && !tag.includes('\0'),
  );
}
