import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Bytes after the archive: a block that every reader of tar archives ignores. */
export const TRAILER_BYTES = 512;

/** The block after the archive, with the checksum of everything before it. */
export function trailer(sha256: string): Buffer {
  const block = Buffer.alloc(TRAILER_BYTES);
  block.write(`tankobon-backup sha256 ${sha256}\n`);
  return block;
}

/** Appends the trailer to an archive. */
export class AppendTrailer extends Transform {
  /** Number of bytes of the archive and its trailer. */
  bytes = 0;
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: BufferEncoding, next: TransformCallback): void {
    this.hash.update(chunk);
    this.bytes += chunk.length;
    next(null, chunk);
  }

  override _flush(next: TransformCallback): void {
    this.bytes += TRAILER_BYTES;
    next(null, trailer(this.hash.digest('hex')));
  }
}
