import { createHash, randomBytes } from 'node:crypto';

/** Identifies a leaked token, and tells it from a JWT. */
const PREFIX = 'tkp_';
const ID_BYTES = 12;
const SECRET_BYTES = 20;

/** A personal token, and what is stored of it. */
export interface PersonalToken {
  readonly userId: string;
  readonly hash: string;
}

/** Makes a token of 43 characters after the prefix: the user's id and 160 random bits in base64url. */
export function newPersonalToken(userId: string): PersonalToken & { readonly token: string } {
  const bytes = Buffer.concat([Buffer.from(userId, 'hex'), randomBytes(SECRET_BYTES)]);
  const token = PREFIX + bytes.toString('base64url');
  return { token, userId, hash: hashOf(token) };
}

export function isPersonalToken(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** Reads a personal token; null if it is malformed. */
export function readPersonalToken(token: string): PersonalToken | null {
  const text = token.slice(PREFIX.length);
  const bytes = Buffer.from(text, 'base64url');
  // The decoder skips invalid characters, so that other texts would stand for the same bytes.
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== text) return null;
  return { userId: bytes.subarray(0, ID_BYTES).toString('hex'), hash: hashOf(token) };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
