import { InvalidFile } from '../import-failures.js';

/** Bytes of plain text that an import reads, after all decompression. */
export const MAX_BYTES = 100_000_000;

export const MAX_ROWS = 50_000;

/** Characters of one cell, element or string. */
export const MAX_CELL = 1_048_576;

/** Characters of all cells of one row. */
export const MAX_RECORD = 2 * MAX_CELL;

/** Bytes that are processed before other work of the event loop gets its turn. */
export const CHUNK_BYTES = 32_768;

/** Bytes by which a format is recognized. */
export const HEAD_BYTES = 65_536;

/** Counts the bytes of all files that an import reads. */
export class ByteLimit {
  private bytes = 0;

  /** @throws InvalidFile */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > MAX_BYTES) throw new InvalidFile(null, `more than ${MAX_BYTES} bytes of plain text`);
  }
}
