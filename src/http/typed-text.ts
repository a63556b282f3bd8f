/** White space and characters that show nothing, such as U+200B. */
const EMPTY = '[\\s\\p{Cf}\\p{Default_Ignorable_Code_Point}]';
const EDGES = new RegExp(`^${EMPTY}+|${EMPTY}+$`, 'gu');
const ANYWHERE = new RegExp(EMPTY, 'u');
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** A text without the white space and the invisible characters around it, which keyboards and copying add. */
export function trimmed(text: string): string {
  return text.replace(EDGES, '');
}

/** Whether a text has white space or invisible characters. */
export function hasEmptyCharacters(text: string): boolean {
  return ANYWHERE.test(text);
}

/** One case for all cases of a text. By way of upper case `ß` becomes ss, and by way of lower case first `ẞ` does, too. */
export function caseFolded(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase();
}

/** One key for every spelling of a name or an address: width and ligatures, case, invisible characters. */
export function spellingKey(text: string): string {
  return caseFolded(trimmed(text).replace(INVISIBLE, '').normalize('NFKC')).normalize('NFKC');
}
