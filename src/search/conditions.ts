import { type Expression, type RawBuilder, sql } from 'kysely';
import { containing, type SearchForm, shortTermGrams } from './fold.js';

/**
 * How a term is found in an indexed column: by the trigram index, which needs three letters or digits in a row; by one
 * gram, which equals the term; or by several grams, whose rows are then compared with the term.
 */
type Matching = 'trigrams' | 'gram' | 'grams';

/** What the text of a statement with a search depends on. */
export interface SearchVariant {
  readonly column: SearchForm['column'];
  readonly by: Matching;
}

/** The parameters of a statement with a search. */
export interface SearchParameters {
  readonly pattern: string;
  readonly grams: readonly string[];
}

export function searchVariant({ column, term }: SearchForm): SearchVariant {
  const grams = shortTermGrams(term);
  if (grams === null) return { column, by: 'trigrams' };
  return { column, by: grams.length === 1 ? 'gram' : 'grams' };
}

/** The values; those of a statement without a search are not used. */
export function searchParameters(form: SearchForm | null): SearchParameters {
  if (form === null) return { pattern: '', grams: [] };
  return { pattern: containing(form.term), grams: shortTermGrams(form.term) ?? [] };
}

/** Whether folded text matches the term's pattern; an index of trigrams may serve it. */
export function matchesPattern(text: Expression<string>, { pattern }: SearchParameters): RawBuilder<boolean> {
  return sql<boolean>`${text} like ${pattern}::text`;
}

/** The same, kept from every index: the concatenation is no indexed expression. */
export function matchesUnindexed(
  text: Expression<string>,
  { pattern }: SearchParameters,
): RawBuilder<boolean> {
  return sql<boolean>`(${text} || '') like ${pattern}::text`;
}

/**
 * Whether folded text that has an index of trigrams and one of grams contains the term. A short term goes by its grams,
 * which decide alone for one or two characters; a longer comparison is kept from the trigram index, which would be read
 * whole for it.
 */
export function matches(
  text: Expression<string>,
  by: Matching,
  parameters: SearchParameters,
): RawBuilder<boolean> {
  if (by === 'trigrams') return matchesPattern(text, parameters);
  // Kysely has no form for the operator @>.
  const indexed = sql<boolean>`search_grams(${text}) @> ${parameters.grams}::text[]`;
  return by === 'gram' ? indexed : sql<boolean>`${indexed} and ${matchesUnindexed(text, parameters)}`;
}
