import { createHash, randomBytes } from 'node:crypto';
import { fileName, storedFile } from '../images/image-files.js';
import { type EncodedPicture, SQUARES } from '../images/encoder.js';
import type { StoredFile } from '../images/image-store.js';

/** Length of the digest in characters. */
const DIGEST = 32;

/** Names of all sizes of an avatar. */
export const AVATAR_SIZES: readonly string[] = [...SQUARES.map((side) => `${side}x${side}`), 'full'];

/** The digest of a picture, with which the name of its folder begins. */
export function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST);
}

/**
 * The name of an upload's folder: the picture's digest, so that URLs may be cached for ever, plus a random suffix:
 * uploading the same picture again must not reuse a folder queued for deletion.
 */
export function hashOf(digest: string): string {
  return digest + randomBytes(4).toString('hex');
}

/** The folder of all avatars. */
export const AVATARS = 'avatars';

/** The folder of all uploads of one avatar. */
export function avatarFolder(id: number): string {
  return `${AVATARS}/${id}/`;
}

/** The avatar id in a folder below `AVATARS`; NaN if its second segment does not start with a digit. */
export function avatarIdOf(folder: string): number {
  return Number.parseInt(folder.split('/')[1] ?? '', 10);
}

/** The folder of one upload's files. */
export function folderOf(id: number, hash: string): string {
  return `${avatarFolder(id)}${hash}/`;
}

/** The key of one size. */
export function keyOf(id: number, hash: string, size: string, format: string): string {
  return folderOf(id, hash) + fileName(size, size === 'full' ? format : 'webp');
}

/** All files that are stored for an upload. */
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
