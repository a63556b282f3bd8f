import { caseFolded } from '../http/typed-text.js';

/**
 * The version of the forms that this file produces. Stored texts of another version are folded again when the service
 * starts: see `search-folding.ts`.
 */
export const FOLDING_VERSION = 3;

/** Marks that change a Latin, Greek or Cyrillic letter. Kana's voicing marks are none: ha and ba are two letters. */
// The combining ranges are what is meant.
// oxlint-disable-next-line no-misleading-character-class
const ACCENTS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
/** Hebrew points and accents, Arabic vowel signs and Quranic marks, and the Arabic elongation (tatweel). */
// oxlint-disable-next-line no-misleading-character-class
const POINTS =
  /[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff]/g;
/** An alef with hamza or madda, decomposed; the marks stay on other letters, which they change. */
const HAMZA_ON_ALEF = /\u0627[\u0653-\u0655]+|[\u0671-\u0673\u0675]/g;
/** Characters that show nothing: format characters, variation selectors, fillers. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
/** Accents with a place of their own, such as `´`, which NFKD turns into a space and a mark. */
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

/** Characters that keyboards and editors type for one another, and the one that stands for each group. */
const EQUIVALENT_CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[`‘’‚‛‹›ʹʻʼʽˈ′‵ꞌ՚׳]/g, "'"],
  [/[“”„‟«»″‶〃〝〞〟״]/g, '"'],
  // Not the wave dashes, which Unicode counts among the dashes as well.
  [/(?![\u301c\u3030])[\p{Pd}\u2043\u2212\u02d7]/gu, '-'],
  [/[〜〰∼⁓∿˜]/g, '~'],
  [/[×✕✖⨉⨯]/g, 'x'],
  [/⋯/g, '...'],
  [/[⁄∕]/g, '/'],
];
/** The mark of long vowels is a dash where it stands between Latin letters. */
const DASH_LIKE_LONG_VOWEL = /(?<=\p{Script=Latin})\u30fc(?=\p{Script=Latin})/gu;

/**
 * One form for all spellings of a text that a search does not tell apart: case, accents, full and half width, quotation
 * marks, dashes, vowel points, invisible characters and runs of white space. Idempotent.
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

/** NFKD without what a search ignores. */
function decomposed(text: string): string {
  return (
    text
      // Voicing marks that stand alone belong to the kana before them; NFKD would put a space between.
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

/** A folded text without punctuation, symbols and spaces: what a search compares when nothing else is found. */
export function compact(folded: string): string {
  return folded.replace(/[\p{P}\p{S}\s]/gu, '');
}

/** The two forms in which names are stored for searches. */
export interface SearchTexts {
  /** Folded names, each between line feeds, so that a search can tell a whole name and a beginning. */
  readonly text: string;
  /** The same names without punctuation, symbols and spaces. */
  readonly compact: string;
}

/** Names in the two forms that searches compare. */
export function searchTexts(names: readonly string[]): SearchTexts {
  const folded = [...new Set(names.map(fold))];
  const compacted = new Set(folded.map(compact).filter((name) => name !== ''));
  return { text: `\n${folded.join('\n')}\n`, compact: `\n${[...compacted].join('\n')}\n` };
}

/** What a request searches for. */
export interface SearchTerm {
  readonly text: string;
  /** What is compared instead when no row has the text; null where too little is left. */
  readonly compact: string | null;
}

/** A term that no stored text contains: U+FFFF is no character. */
const MATCHES_NOTHING = '\uffff';

/**
 * The forms of a search.
 *
 * @returns null for a blank search, which is none; a term that finds nothing where folding removes every character
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
 * Runs a search: by the text, and once more by the compact form if no row has the text.
 *
 * @param find a page for one form; its total decides
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

/** One form of a search, and the column that it is compared with. */
export interface SearchForm {
  readonly column: 'search_text' | 'search_compact';
  readonly term: string;
}

/** A search term as a LIKE pattern that finds it anywhere, with no character having a special meaning. */
export function containing(folded: string): string {
  return `%${escapeLike(folded)}%`;
}

export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * The index's keys for a term that is too short, or has too few letters, for trigrams: its characters' pairs, or the
 * one character. Null for terms that trigrams serve.
 */
export function shortTermGrams(folded: string): string[] | null {
  if (/[\p{L}\p{N}]{3}/u.test(folded)) return null;
  const characters = [...folded];
  if (characters.length === 1) return characters;
  return characters.slice(1).map((character, index) => `${characters[index]}${character}`);
}
