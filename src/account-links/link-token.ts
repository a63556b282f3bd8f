import { createHash, randomBytes } from 'node:crypto';

/** Bytes of a user id, and of the random part. */
const ID_BYTES = 12;
const SECRET_BYTES = 32;

/** A token, and what is stored of it. */
export interface LinkToken {
  readonly userId: string;
  readonly hash: string;
}

/** Makes the token of a link: the user's id and 256 random bits in base64url. */
export function newLinkToken(userId: string): LinkToken & { readonly token: string } {
  const token = Buffer.concat([Buffer.from(userId, 'hex'), randomBytes(SECRET_BYTES)]).toString('base64url');
  return { token, userId, hash: hashOf(token) };
}

/** Reads a token; null if it is malformed. Whether it is valid, only its stored hash shows. */
export function readLinkToken(token: string): LinkToken | null {
  const bytes = Buffer.from(token, 'base64url');
  // The decoder skips invalid characters, so that other texts would stand for the same bytes.
  if (bytes.length !== ID_BYTES + SECRET_BYTES || bytes.toString('base64url') !== token) return null;
  return { userId: bytes.subarray(0, ID_BYTES).toString('hex'), hash: hashOf(token) };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
