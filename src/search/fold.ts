import { caseFolded } from '../http/typed-text.js';

/**
 * Version of the folding: increase it when the result of `fold` or `compact` changes. Stored texts of another version
 * are folded again when the service starts; see `search-folding.ts`.
 */
export const FOLDING_VERSION = 3;

/** Accents of Latin, Greek and Cyrillic letters. Without the voicing marks of kana: ha and ba are different letters. */
// The ranges consist of combining characters on purpose.
// oxlint-disable-next-line no-misleading-character-class
const ACCENTS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
/** Hebrew points and accents, Arabic vowel signs and Quranic marks, and the Arabic elongation (tatweel). */
// oxlint-disable-next-line no-misleading-character-class
const POINTS =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff]/g;
/** An alef with hamza or madda, decomposed. On other letters these marks are kept, since they change the letter. */
const HAMZA_ON_ALEF = /\u0627[\u0653-\u0655]+|[\u0671-\u0673\u0675]/g;
/** Invisible characters: format characters, variation selectors, fillers. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Spacing accents such as `´`, which NFKD decomposes into a space and a combining mark. */
const SPACING_ACCENTS =
  /[\u00a8\u00af\u00b4\u00b8\u02d8-\u02db\u02dd\u037a\u0384\u0385\u1fbd\u1fbf-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed\u1fee\u1ffd\u1ffe\u2017\u203e]/g;

/** Letters with a stroke or a ligature, which Unicode does not decompose. */
const UNDECOMPOSED: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  ħ: 'h',
  ŧ: 't',
  ŋ: 'n',
  ς: 'σ',
};
const UNDECOMPOSED_LETTERS = new RegExp(`[${Object.keys(UNDECOMPOSED).join('')}]`, 'g');

/** Groups of characters that are typed for one another, each with the character that replaces the group. */
const EQUIVALENT_CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[`‘’‚‛‹›ʹʻʼʽˈ′‵ꞌ՚׳]/g, "'"],
  [/[“”„‟«»″‶〃〝〞〟״]/g, '"'],
  // Without the wave dashes, which have the property Pd too.
  [/(?![\u301c\u3030])[\p{Pd}\u2043\u2212\u02d7]/gu, '-'],
  [/[〜〰∼⁓∿˜]/g, '~'],
  [/[×✕✖⨉⨯]/g, 'x'],
  [/⋯/g, '...'],
  [/[⁄∕]/g, '/'],
];
/** The katakana long-vowel mark between Latin letters, where it is typed for a dash. */
const DASH_LIKE_LONG_VOWEL = /(?<=\p{Script=Latin})\u30fc(?=\p{Script=Latin})/gu;

/**
 * Normalizes a text for searches: texts that differ only in case, accents, width (full or half), kind of quotation mark
 * or dash, vowel points, invisible characters or white space have the same folded form. Idempotent.
 */
export function fold(text: string): string {
  return EQUIVALENT_CHARACTERS.reduce(
    (folded, [characters, one]) => folded.replace(characters, one),
    caseFolded(decomposed(text)).normalize('NFKD').replace(ACCENTS, ''),
  )
    .replace(UNDECOMPOSED_LETTERS, (letter) => UNDECOMPOSED[letter] ?? letter)
    .replace(DASH_LIKE_LONG_VOWEL, '-')
    .normalize('NFC')
    .replace(/[\s\u0085]+/g, ' ')
    .trim();
}

/** NFKD without accents, points and invisible characters. */
function decomposed(text: string): string {
  return (
    text
      // Spacing voicing marks become combining ones of the kana before; NFKD would insert a space.
      .replace(/\u309b/g, '\u3099')
      .replace(/\u309c/g, '\u309a')
      .replace(/[″‶]/g, '"')
      .replace(/˜/g, '~')
      .replace(SPACING_ACCENTS, '')
      .replace(INVISIBLE, '')
      .normalize('NFKD')
      .replace(INVISIBLE, '')
      .replace(ACCENTS, '')
      .replace(POINTS, '')
      .replace(HAMZA_ON_ALEF, '\u0627')
  );
}

/** A folded text without punctuation, symbols and spaces: the form of the fallback search. */
export function compact(folded: string): string {
  return folded.replace(/[\p{P}\p{S}\s]/gu, '');
}

/** The two forms of names that searches compare with. */
export interface SearchTexts {
  /** Folded names, each between line feeds, so that a pattern can match a whole name or its start. */
  readonly text: string;
  /** The same names without punctuation, symbols and spaces. */
  readonly compact: string;
}

/** Computes both forms of a row's names. */
export function searchTexts(names: readonly string[]): SearchTexts {
  const folded = [...new Set(names.map(fold))];
  const compacted = new Set(folded.map(compact).filter((name) => name !== ''));
  return { text: `\n${folded.join('\n')}\n`, compact: `\n${[...compacted].join('\n')}\n` };
}

/** A search term in both forms. */
export interface SearchTerm {
  readonly text: string;
  /** The fallback when no row contains `text`; null if it has fewer than three letters or digits. */
  readonly compact: string | null;
}

/** A term that matches no row: U+FFFF is not a character, so that no stored text contains it. */
const MATCHES_NOTHING = '\uffff';

/**
 * The forms of a search term.
 *
 * @returns null for an absent or blank search; a term that matches no row if folding removes all characters
 */
export function searchTerm(search: string | undefined): SearchTerm | null {
  if (search === undefined || search.trim() === '') return null;
  const text = fold(search);
  if (text === '') return { text: MATCHES_NOTHING, compact: null };
  const compacted = compact(text);
  const letters = compacted.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  return { text, compact: letters >= 3 ? compacted : null };
}

/**
 * Runs a search by the text, and if it finds no row, again by the compact form.
 *
 * @param find returns the page of one form; a total of 0 triggers the second search
 */
export async function searchWithFallback<Page extends { readonly total: number }>(
  term: SearchTerm | null,
  find: (form: SearchForm | null) => Promise<Page>,
): Promise<Page> {
  if (term === null) return find(null);
  const page = await find({ column: 'search_text', term: term.text });
  return page.total > 0 || term.compact === null
    ? page
    : find({ column: 'search_compact', term: term.compact });
}

/** One form of a search term, and the column that contains this form of the names. */
export interface SearchForm {
  readonly column: 'search_text' | 'search_compact';
  readonly term: string;
}

/** A LIKE pattern for texts that contain the term literally. */
export function containing(folded: string): string {
  return `%${escapeLike(folded)}%`;
}

export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * The keys of the gram index for a term without three letters or digits in a row: its pairs of adjacent characters, or
 * its one character. Null for terms that the trigram index finds.
 */
export function shortTermGrams(folded: string): string[] | null {
  if (/[\p{L}\p{N}]{3}/u.test(folded)) return null;
  const characters = [...folded];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
