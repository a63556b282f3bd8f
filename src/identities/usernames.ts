import { randomInt } from 'node:crypto';

const MIN = 3;
const MAX = 20;
const DEFAULT = 'reader';

/** Names for a new account, best first: made of a provider's texts, then with random digits. */
export function usernameCandidates(texts: readonly string[]): string[] {
  const given = texts.map(asUsername).filter((name) => name.length >= MIN);
  const plain = given.length === 0 ? [DEFAULT] : given;
  const [first = DEFAULT] = plain;
  const numbered = Array.from(
    { length: 8 },
    () => `${first.slice(0, MAX - 7)}-${randomInt(100_000, 1_000_000)}`,
  );
  return [...plain, ...numbered];
}

function asUsername(text: string): string {
  // Accents are separate characters in this form, and left out with all others that usernames cannot have.
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_.-]/g, '')
    .slice(0, MAX);
}
