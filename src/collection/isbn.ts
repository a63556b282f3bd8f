/**
 * The digits to look for in ISBNs when a search may mean one: without hyphens and spaces, and a whole ISBN also in
 * the other of the two forms. Empty when the search is something else.
 */
export function isbnDigits(search: string): string[] {
  const digits = search
    .normalize('NFKC')
    .replace(/[-\u2010-\u2015\s]/g, '')
    .toUpperCase();
  if (!/^\d{2,13}$|^\d{9}X$/.test(digits)) return [];
  if (digits.length === 13 && digits.startsWith('978')) return [digits, asIsbn10(digits)];
  // Only the check digit of the longer form differs.
  return digits.length === 10 ? [digits, `978${digits.slice(0, 9)}`] : [digits];
}

function asIsbn10(isbn13: string): string {
  const core = isbn13.slice(3, 12);
  const sum = [...core].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return core + (check === 10 ? 'X' : String(check));
}
