/** A label before an ISBN: `ISBN 978…`, `ISBN-13: 978…`, `isbn10:080…`, `urn:isbn:978…`. */
const LABEL = /^(?:URN:)?ISBN(?:[\s\p{Pd}\u2212]?1[03](?=[\s:]))?[\s:]*/u;

/**
 * A pasted ISBN, or a part of one, without label, hyphens, spaces and the quotation marks of spreadsheets (`="978…"`).
 */
export function bareIsbn(pasted: string): string {
  return pasted
    .normalize('NFKC')
    .replace(/[\p{Cf}"'=“”’]/gu, '')
    .trim()
    .toUpperCase()
    .replace(LABEL, '')
    .replace(/[\p{Pd}\u2212\s]|[.,;]$/gu, '');
}

/** The ISBN of 13 digits that a pasted text stands for; null if it is no ISBN or a check digit is wrong. */
export function isbn13Of(pasted: string): string | null {
  const bare = bareIsbn(pasted.slice(0, 100));
  if (isIsbn13(bare)) return bare;
  if (!isIsbn10(bare)) return null;
  const digits = `978${bare.slice(0, 9)}`;
  return digits + String((10 - (weightedSum(digits) % 10)) % 10);
}

/** An ISBN without hyphens and spaces, in upper case; null if its length or check digit is wrong. */
export function normalIsbn(text: string, length: 10 | 13): string | null {
  const digits = text
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\u2212\p{Cf}]/gu, '')
    .toUpperCase();
  const isRight = length === 10 ? isIsbn10(digits) : isIsbn13(digits);
  return isRight ? digits : null;
}

function isIsbn10(digits: string): boolean {
  if (!/^\d{9}[\dX]$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, digit, index) => total + (digit === 'X' ? 10 : Number(digit)) * (10 - index),
    0,
  );
  return sum % 11 === 0;
}

function isIsbn13(digits: string): boolean {
  return /^97[89]\d{10}$/.test(digits) && weightedSum(digits) % 10 === 0;
}

/** The sum of which the check digit of an ISBN of 13 digits makes a multiple of ten. */
function weightedSum(digits: string): number {
  return [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
}
