import { createHash, randomBytes } from 'node:crypto';
import { fileName, storedFile } from '../images/image-files.js';
import { type EncodedPicture, SQUARES } from '../images/pipeline.js';
import type { StoredFile } from '../images/storage.js';

/** Characters of the hash that depend on the picture alone. */
const DIGEST = 32;

/** Every size of an avatar, as clients name it. */
export const AVATAR_SIZES: readonly string[] = [...SQUARES.map((side) => `${side}x${side}`), 'full'];

/** What depends on the picture alone. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST);
}

/**
 * The name of an upload's folder: the picture's digest, so that URLs may be cached for ever, and a part of its own, so
 * that the files of a picture that comes back are not those which are being removed.
 */
export function hashOf(digest: string): string {
  return digest + randomBytes(4).toString('hex');
}

/** Where all files of one upload lie. */
export function folderOf(id: number, hash: string): string {
  return `avatars/${id}/${hash}/`;
}

/** The key of one size. */
export function keyOf(id: number, hash: string, size: string, format: string): string {
  return folderOf(id, hash) + fileName(size, size === 'full' ? format : 'webp');
}

/** Everything that is kept of an upload. */
export function filesOf(pictures: {
  full: EncodedPicture;
  squares: ReadonlyMap<number, EncodedPicture>;
}): StoredFile[] {
  const { full, squares } = pictures;
  return [
    ...[...squares].map(([side, square]) => storedFile(`${side}x${side}`, square)),
    storedFile('full', full),
  ];
}
