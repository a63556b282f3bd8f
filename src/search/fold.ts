/** Marks that change a Latin, Greek or Cyrillic letter. Kana's voicing marks are none: ha and ba are two letters. */
// The combining ranges are what is meant.
// oxlint-disable-next-line no-misleading-character-class
const ACCENTS = /[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
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

/**
 * One form for all spellings of a text that a search does not tell apart: case, accents, full and half width, and
 * runs of white space.
 */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .replace(UNDECOMPOSED_LETTERS, (letter) => UNDECOMPOSED[letter] ?? letter)
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Names folded for a search: each stands between line feeds, so that a search can tell a beginning and a whole. */
export function searchText(names: readonly string[]): string {
  const folded = new Set(names.map(fold));
  return `\n${[...folded].join('\n')}\n`;
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
