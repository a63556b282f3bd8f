import protobuf from 'protobufjs/minimal.js';
import { InvalidFile } from '../import-failures.js';

/** Kinds of values in the wire format of Protocol Buffers. */
export const WIRE = { varint: 0, bytes: 2, fixed32: 5 } as const;

/** Bytes of one series: one with 20,000 chapters has about 6 million. */
const MAX_MESSAGE = 8_388_608;

/** Fields of the first level, of all series and of what is skipped. */
const MAX_MESSAGES = 500_000;

/** Bytes of a tag or a length. */
const MAX_VARINT = 10;

/**
 * The messages in fields of the first level, read from a stream, so that one series at a time is in memory.
 *
 * @param fields numbers of the fields that are needed; others are skipped
 * @throws InvalidFile
 */
export async function* messages(
  chunks: AsyncIterable<Buffer>,
  fields: ReadonlySet<number>,
): AsyncGenerator<{ field: number; message: Buffer }> {
  let parts: Buffer[] = [];
  let available = 0;
  let needed = 0;
  let skip = 0;
  let count = 0;
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - rest.length;
    if (rest.length === 0) continue;
    parts.push(rest);
    available += rest.length;
    if (available < needed) continue;
    let buffer = Buffer.concat(parts);
    for (;;) {
      const header = headerOf(buffer);
      if (!header) {
        needed = 0;
        break;
      }
      count++;
      if (count > MAX_MESSAGES) throw new InvalidFile(null, 'too many messages');
      const end = header.start + header.length;
      const isNeeded = fields.has(header.field);
      if (isNeeded && header.length > MAX_MESSAGE) throw new InvalidFile(null, 'a message is too long');
      if (buffer.length < end) {
        needed = isNeeded ? end : 0;
        skip = isNeeded ? 0 : end - buffer.length;
        if (!isNeeded) buffer = Buffer.alloc(0);
        break;
      }
      if (isNeeded) yield { field: header.field, message: buffer.subarray(header.start, end) };
      buffer = buffer.subarray(end);
    }
    parts = buffer.length > 0 ? [buffer] : [];
    available = buffer.length;
  }
  if (available > 0 || skip > 0) throw new InvalidFile(null, 'the backup is incomplete');
}

/** Number, beginning and length of the first field; null if the buffer ends before they do. */
export function headerOf(buffer: Buffer): { field: number; start: number; length: number } | null {
  const reader = protobuf.Reader.create(buffer.subarray(0, 2 * MAX_VARINT));
  let tag: number;
  let length: number;
  try {
    tag = reader.uint32();
    length = reader.uint32();
  } catch (error) {
    if (buffer.length < 2 * MAX_VARINT) return null;
    throw new InvalidFile(null, 'no Protocol Buffers', error);
  }
  if ((tag & 7) !== WIRE.bytes || tag >>> 3 === 0) throw new InvalidFile(null, 'no backup');
  return { field: tag >>> 3, start: reader.pos, length };
}

export type Reader = protobuf.Reader;

/**
 * Reads the fields of a message. Chapters are read in place, without an object for each.
 *
 * @param read reads the field with a number and returns true, or returns false without reading
 * @throws InvalidFile
 */
export function readFields(
  message: Uint8Array,
  read: (field: number, wire: number, reader: Reader) => boolean,
): void {
  const reader = protobuf.Reader.create(message);
  try {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (!read(tag >>> 3, tag & 7, reader)) reader.skipType(tag & 7);
    }
  } catch (error) {
    throw error instanceof InvalidFile ? error : new InvalidFile(null, 'a message is damaged', error);
  }
}

/** An integer of up to 64 bits. */
export function readInteger(reader: Reader): number {
  return Number(reader.int64());
}
