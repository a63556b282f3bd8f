import { ApiSchema } from '@nestjs/swagger';
import { Min } from 'class-validator';
import { AnswerText } from '../http/fields.js';
import { Integer } from '../http/validation.js';

/** A value by which series can be filtered, and how many series have it. */
@ApiSchema({ name: 'Facet' })
export class FacetDto {
  /**
   * The value of the filter: a type, an origin, a tag, or the ISO 639-1 code of a language.
   * @example "Manga"
   */
  @AnswerText(200)
  key: string;

  /**
   * Number of public series that the filter finds.
   * @example 42
   */
  @Integer()
  @Min(1)
  count: number;
}

/** How many public series have each value of a filter, most frequent first. */
@ApiSchema({ name: 'Facets' })
export class FacetsDto {
  /** Values of the filter `type`. */
  types: FacetDto[];

  /** Values of the filter `origin`, in their most frequent spelling. */
  origins: FacetDto[];

  /** Values of the filter `tags`, in their most frequent spelling. */
  tags: FacetDto[];

  /** Values of the filter `language`: the languages of the volumes in the catalog. */
  languages: FacetDto[];
}
