import { fileName, storedFile } from '../images/image-files.js';
import type { EncodedPicture } from '../images/encoder.js';
import type { StoredFile } from '../images/image-store.js';

/** The folder of all photos. */
export const PHOTOS = 'photos';

/** The folder of a photo's files. */
export function folderOf(token: string): string {
  return `${PHOTOS}/${token}/`;
}

/** The token that a photo's folder is named after. */
export function tokenOf(folder: string): string {
  return folder.split('/')[1] ?? '';
}

export function keyOf(token: string, format: string): string {
  return folderOf(token) + fileName('full', format);
}

export function thumbnailKeyOf(token: string): string {
  return folderOf(token) + fileName('thumbnail', 'webp');
}

export function filesOf(full: EncodedPicture, thumbnail: EncodedPicture): StoredFile[] {
  return [storedFile('thumbnail', thumbnail), storedFile('full', full)];
}
