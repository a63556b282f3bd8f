import { bareIsbn } from '../catalog/isbn.js';

/**
 * The digits of a search that may be an ISBN or a part of one. A complete ISBN is returned in both forms, of 10 and of
 * 13 digits.
 *
 * @returns an empty array if the search is not an ISBN
 */
export function isbnDigits(search: string): [] | [string] | [string, string] {
  const digits = bareIsbn(search);
  if (!/^\d{2,13}$|^\d{9}X$/.test(digits)) return [];
  if (digits.length === 13 && digits.startsWith('978')) return [digits, asIsbn10(digits)];
  // Without the check digit of the longer form, which is not computed: the search finds parts of an ISBN.
  return digits.length === 10 ? [digits, `978${digits.slice(0, 9)}`] : [digits];
}

function asIsbn10(isbn13: string): string {
  const core = isbn13.slice(3, 12);
  const sum = [...core].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return core + (check === 10 ? 'X' : String(check));
}
