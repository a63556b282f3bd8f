import { type Expression, type RawBuilder, sql } from 'kysely';
import { containing, type SearchForm, shortTermGrams } from './fold.js';

/**
 * How a statement finds a term: by the trigram index, which needs three letters or digits in a row; by one gram,
 * which is the term itself; or by several grams and a comparison of the rows that they find.
 */
type Matching = 'trigrams' | 'gram' | 'grams';

/** The part of a search that changes the text of a statement. */
export interface SearchVariant {
  readonly column: SearchForm['column'];
  readonly by: Matching;
}

/** The parameters of a statement with a search. */
export interface SearchParameters {
  readonly pattern: string;
  readonly grams: readonly string[];
}

type Pattern = Pick<SearchParameters, 'pattern'>;

export function searchVariant({ column, term }: SearchForm): SearchVariant {
  const grams = shortTermGrams(term);
  if (grams === null) return { column, by: 'trigrams' };
  return { column, by: grams.length === 1 ? 'gram' : 'grams' };
}

/** The values of the parameters; without a search, unused placeholders. */
export function searchParameters(form: SearchForm | null): SearchParameters {
  if (form === null) return { pattern: '', grams: [] };
  return { pattern: containing(form.term), grams: shortTermGrams(form.term) ?? [] };
}

/** Whether folded text matches the pattern; can use a trigram index. */
export function matchesPattern(text: Expression<string>, { pattern }: Pattern): RawBuilder<boolean> {
  return sql<boolean>`${text} like ${pattern}::text`;
}

/** As `matchesPattern`, but cannot use an index: the concatenation is not an indexed expression. */
export function matchesUnindexed(text: Expression<string>, { pattern }: Pattern): RawBuilder<boolean> {
  return sql<boolean>`(${text} || '') like ${pattern}::text`;
}

/**
 * Whether folded text with a trigram index and a gram index contains the term. Short terms use the gram index. One gram
 * is sufficient for one or two characters. Several grams need the comparison too, which must not use the trigram index:
 * PostgreSQL would scan it completely.
 */
export function matches(
  text: Expression<string>,
  by: Matching,
  parameters: SearchParameters,
): RawBuilder<boolean> {
  if (by === 'trigrams') return matchesPattern(text, parameters);
  // Kysely has no form for the operator @>.
  const indexed = sql<boolean>`search_grams(${text}) @> ${parameters.grams}::text[]`;
  return by === 'gram' ? indexed : sql<boolean>`(${indexed} and ${matchesUnindexed(text, parameters)})`;
}
