import { containing, shortTermGrams } from './fold.js';

/**
 * SQL conditions for a folded term in a column of folded text that has an index of trigrams and one of grams.
 *
 * Terms of three letters go by trigrams. Others go by grams, which say all there is to say of one or two characters;
 * where more must be compared, the comparison is kept from the trigrams' index, which would read itself whole for it.
 *
 * @param bind makes a value a parameter of the statement and returns its placeholder
 */
export function matches(column: string, term: string, bind: (value: unknown) => string): string[] {
  const grams = shortTermGrams(term);
  if (grams === null) return [`${column} like ${bind(containing(term))}::text`];
  const indexed = `search_grams(${column}) @> ${bind(grams)}::text[]`;
  return grams.length === 1 ? [indexed] : [indexed, `(${column} || '') like ${bind(containing(term))}::text`];
}
