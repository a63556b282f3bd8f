import type { EncodedPicture } from './pipeline.js';
import type { StoredFile } from './image-store.js';

const EXTENSIONS: Record<string, string> = { gif: 'gif', jpeg: 'jpg', png: 'png', webp: 'webp' };

/** A file's name: what it shows of the picture, and its format's extension. */
export function fileName(version: string, format: string): string {
  return `${version}.${EXTENSIONS[format]}`;
}

/** A version of a picture as a file. */
export function storedFile(version: string, { format, bytes }: EncodedPicture): StoredFile {
  return { name: fileName(version, format), bytes, type: `image/${format}` };
}

/** Bytes of files together. */
export function bytesOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
