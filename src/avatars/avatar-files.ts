import { createHash, randomBytes } from 'node:crypto';
import { type EncodedPicture, SQUARES } from '../images/pipeline.js';
import type { StoredFile } from '../images/storage.js';

/** Characters of the hash that depend on the picture alone. */
const DIGEST = 32;

const EXTENSIONS: Record<string, string> = { gif: 'gif', jpeg: 'jpg', png: 'png', webp: 'webp' };

/** Every size of an avatar, as clients name it. */
export const AVATAR_SIZES: readonly string[] = [...SQUARES.map((side) => `${side}x${side}`), 'full'];

/**
 * The name of an upload's folder: the picture's digest, so that URLs may be cached for ever, and a part of its own, so
 * that the files of a picture that comes back are not those which are being removed.
 */
export function hashOf(bytes: Buffer): string {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, DIGEST);
  return digest + randomBytes(4).toString('hex');
}

/** Where all files of one upload lie. */
export function folderOf(id: number, hash: string): string {
  return `avatars/${id}/${hash}/`;
}

/** The key of one size. */
export function keyOf(id: number, hash: string, size: string, format: string): string {
  return `${folderOf(id, hash)}${size}.${size === 'full' ? EXTENSIONS[format] : 'webp'}`;
}

/** Everything that is kept of an upload. */
export function filesOf(
  id: number,
  hash: string,
  pictures: { full: EncodedPicture; squares: ReadonlyMap<number, EncodedPicture> },
): StoredFile[] {
  const { full, squares } = pictures;
  const kept = [...squares].map(([side, { bytes }]) => ({
    key: keyOf(id, hash, `${side}x${side}`, 'webp'),
    bytes,
    type: 'image/webp',
  }));
  return [
    ...kept,
    { key: keyOf(id, hash, 'full', full.format), bytes: full.bytes, type: `image/${full.format}` },
  ];
}
