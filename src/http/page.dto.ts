import { ApiProperty } from '@nestjs/swagger';
import { Max, Min } from 'class-validator';
import { BlankIsAbsent, CodePointLength, Integer, Optional, QueryInteger } from './validation.js';
import type { PagePosition } from './page.js';

/** The default of `limit`. */
export const DEFAULT_LIMIT = 20;

/** The query parameters of every list. */
export class PageQuery {
  /**
   * Maximum number of items on the page.
   * @example 20
   */
  @QueryInteger(DEFAULT_LIMIT)
  @Integer()
  @Min(1)
  @Max(100)
  @ApiProperty({ required: false })
  limit: number = DEFAULT_LIMIT;

  /**
   * Number of items before the page.
   * @example 0
   */
  @QueryInteger(0)
  @Integer()
  @Min(0)
  @ApiProperty({ required: false })
  offset: number = 0;
}

/** The position of a page in its list. */
export class PageDto implements PagePosition {
  /**
   * Number of pages at this `limit`; 0 for an empty list.
   * @example 3
   */
  @Integer()
  @Min(0)
  max: number;

  /**
   * Position of the page’s first item in the list, counted from 1; 0 when the page is empty.
   * @example 1
   */
  @Integer()
  @Min(0)
  from: number;

  /**
   * Position of the page’s last item in the list, counted from 1; 0 when the page is empty.
   * @example 20
   */
  @Integer()
  @Min(0)
  to: number;

  /**
   * Number of items on all pages together.
   * @example 42
   */
  @Integer()
  @Min(0)
  total: number;
}

/** The parameters of a list that can be searched. */
export class SearchQuery extends PageQuery {
  /**
   * Part of a name or title: case, accents and width do not matter, and no character has a special meaning.
   * @example "piece"
   */
  @BlankIsAbsent()
  @Optional()
  @CodePointLength(0, 200)
  search?: string;
}
