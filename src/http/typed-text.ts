/** White space and invisible characters, such as U+200B. */
const BLANK = '[\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}]';
const EDGES = new RegExp(`^${BLANK}+|${BLANK}+$`, 'gu');
const ANYWHERE = new RegExp(BLANK, 'u');
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** A text without leading and trailing white space and invisible characters, which keyboards and copying add. */
export function trimmed(text: string): string {
  return text.replace(EDGES, '');
}

/** Whether a text contains white space or invisible characters. */
export function hasBlankCharacters(text: string): boolean {
  return ANYWHERE.test(text);
}

/** Folds case. Upper case turns `ß` into ss; the lower case before it does the same for `ẞ`. */
export function caseFolded(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase();
}

/** The unique key of a name or an address: NFKC (width, ligatures), case folded, without invisible characters. */
export function spellingKey(text: string): string {
  return caseFolded(trimmed(text).replace(INVISIBLE, '').normalize('NFKC')).normalize('NFKC');
}
