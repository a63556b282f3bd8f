import type { EncodedPicture } from '../images/pipeline.js';
import type { StoredFile } from '../images/storage.js';

const EXTENSIONS: Record<string, string> = { gif: 'gif', jpeg: 'jpg', png: 'png' };

/** Where a photo's files lie. */
export function folderOf(token: string): string {
  return `photos/${token}/`;
}

export function keyOf(token: string, format: string): string {
  return `${folderOf(token)}full.${EXTENSIONS[format]}`;
}

export function thumbnailKeyOf(token: string): string {
  return `${folderOf(token)}thumbnail.webp`;
}

export function filesOf(token: string, full: EncodedPicture, thumbnail: EncodedPicture): StoredFile[] {
  return [
    { key: thumbnailKeyOf(token), bytes: thumbnail.bytes, type: 'image/webp' },
    { key: keyOf(token, full.format), bytes: full.bytes, type: `image/${full.format}` },
  ];
}
