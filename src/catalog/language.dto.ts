import { IntersectionType } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { SearchQuery } from '../http/page.dto.js';
import { BlankIsAbsent, Optional } from '../http/validation.js';

/** The language of a route's texts. */
export class LanguageQuery {
  /**
   * ISO 639-1 code or English name of a language, in any case. Texts that do not exist in this language are in English,
   * else the item's own name.
   * @example "en"
   */
  @BlankIsAbsent()
  @Optional()
  @IsString()
  user_lang?: string;
}

/** The parameters of every list that shows localized texts and can be searched. */
export class LocalizedSearchQuery extends IntersectionType(SearchQuery, LanguageQuery) {}
