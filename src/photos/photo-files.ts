import { fileName, storedFile } from '../images/image-files.js';
import type { EncodedPicture } from '../images/pipeline.js';
import type { StoredFile } from '../images/storage.js';

/** Where a photo's files lie. */
export function folderOf(token: string): string {
  return `photos/${token}/`;
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
