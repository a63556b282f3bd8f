import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import { InvalidFile } from '../import-failures.js';
import { type ByteLimit, CHUNK_BYTES, HEAD_BYTES } from './limits.js';

/** A file whose bytes can be read several times, decompressed anew each time. */
export interface Source {
  /**
   * Reads from the beginning, in small chunks. The event loop runs between two chunks.
   *
   * @throws InvalidFile if the archive is damaged, or if there is more than `limit` allows
   */
  read(limit: ByteLimit): AsyncGenerator<Buffer>;
}

/** A file that is not compressed. */
export function plainSource(bytes: Buffer): Source {
  return {
    async *read(limit) {
      for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
        const chunk = bytes.subarray(start, start + CHUNK_BYTES);
        limit.add(chunk.length);
        yield chunk;
        await setImmediate();
      }
    },
  };
}

export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** A file that is compressed by gzip. */
export function gzipSource(bytes: Buffer): Source {
  return streamSource(async () => {
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    gunzip.end(bytes);
    return gunzip;
  });
}

/** A file that a stream delivers, which `open` opens anew. */
export function streamSource(open: () => Promise<Readable>): Source {
  return {
    async *read(limit) {
      let stream: Readable;
      try {
        stream = await open();
      } catch (error) {
        throw damaged(error);
      }
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          limit.add(chunk.length);
          yield chunk;
          await setImmediate();
        }
      } catch (error) {
        throw damaged(error);
      } finally {
        stream.destroy();
      }
    },
  };
}

/** The first bytes of a file, at most 64 KiB. */
export async function headOf(source: Source, limit: ByteLimit): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.read(limit)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

export function damaged(error: unknown): InvalidFile {
  return error instanceof InvalidFile ? error : new InvalidFile(null, 'damaged archive', error);
}
