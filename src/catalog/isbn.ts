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
  if (!/^97[89]\d{10}$/.test(digits)) return false;
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return sum % 10 === 0;
}
