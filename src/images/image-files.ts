import { type EncodedPicture, free } from './encoder.js';
import type { StoredFile } from './image-store.js';

const EXTENSIONS: Record<string, string> = { gif: 'gif', jpeg: 'jpg', png: 'png', webp: 'webp' };

/** The name of a file: the version of the picture and the extension of the format, such as `full.png`. */
export function fileName(version: string, format: string): string {
  return `${version}.${EXTENSIONS[format]}`;
}

/** A version of a picture as a file. */
export function storedFile(version: string, { format, bytes }: EncodedPicture): StoredFile {
  return { name: fileName(version, format), bytes, type: `image/${format}` };
}

/** Total size of the files in bytes. */
export function totalBytes(files: readonly StoredFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

/**
 * Frees the bytes of stored files at once. Left to the garbage collector, external memory of this size triggers full
 * collections of the service's heap.
 */
export function freeBytes(files: readonly StoredFile[]): void {
  for (const { bytes } of files) free(bytes);
}
