/**
 * What files have beside their picture, and decoders pass over or stumble on: phones and old cameras write it. These
 * functions take it out, so that the decoder can be strict about what is left.
 */

/** Most parts that a file is put together from: each costs memory, however short it is. */
const MAX_PARTS = 2_000;

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
/** Baseline and extended sequential frames, whose scans always cover the whole spectrum. */
const SEQUENTIAL_FRAMES = new Set([0xc0, 0xc1]);
/** Markers without a segment: TEM, RST0 to RST7, SOI. */
const isAlone = (code: number) => code === 0x01 || (code >= 0xd0 && code <= 0xd8);

/**
 * A JPEG without stray bytes between the segments before its first scan, and with the scan parameters that its frame
 * demands. Returned as it is where its structure is not understood.
 *
 * @see https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1 and B.2.3
 */
export function plainJpeg(bytes: Buffer): Buffer {
  const parts: Buffer[] = [bytes.subarray(0, 2)];
  let position = 2;
  let isSequential = false;
  while (position + 4 <= bytes.length && parts.length < MAX_PARTS) {
    const start = bytes.indexOf(MARKER, position);
    if (start === -1) return bytes;
    let code = start + 1;
    // Any number of fill bytes may stand before a marker's code.
    while (bytes[code] === MARKER) code++;
    const marker = bytes[code] ?? 0;
    position = code + 1;
    if (marker === 0) continue;
    if (isAlone(marker)) {
      parts.push(Buffer.from([MARKER, marker]));
      continue;
    }
    if (position + 2 > bytes.length) return bytes;
    const end = position + bytes.readUInt16BE(position);
    if (end > bytes.length) return bytes;
    const segment = Buffer.from(bytes.subarray(position, end));
    if (SEQUENTIAL_FRAMES.has(marker)) isSequential = true;
    if (marker === START_OF_SCAN) {
      // The last three bytes: begin and end of the spectrum, and the approximation.
      if (isSequential && segment.length >= 6) segment.set([0, 63, 0], segment.length - 3);
      parts.push(Buffer.from([MARKER, marker]), segment, bytes.subarray(end));
      return Buffer.concat(parts);
    }
    parts.push(Buffer.from([MARKER, marker]), segment);
    position = end;
  }
  return bytes;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/** A GIF without stray bytes between its blocks. */
export interface PlainGif {
  readonly bytes: Buffer;
  /** Number of its images; counting stops beyond the limit. */
  readonly frames: number;
}

/**
 * Walks the blocks of a GIF, without decoding a pixel: decoders accept one that breaks off, and drop the rest of one
 * with a stray byte between its blocks.
 *
 * @param maxFrames where counting stops
 * @returns null when the file does not end where GIFs end
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function plainGif(bytes: Buffer, maxFrames: number): PlainGif | null {
  const parts: Buffer[] = [];
  let frames = 0;
  let position = 13 + colourTableSize(bytes[10] ?? 0);
  let kept = 0;
  while (position < bytes.length) {
    const start = position;
    const block = bytes[position];
    if (block === TRAILER) {
      parts.push(bytes.subarray(kept, position + 1));
      return frames > 0 ? { bytes: parts.length === 1 ? bytes : Buffer.concat(parts), frames } : null;
    }
    if (block === EXTENSION) position = skipSubBlocks(bytes, position + 2);
    else if (block === IMAGE) {
      frames++;
      if (frames > maxFrames) return { bytes, frames };
      const flags = bytes[position + 9] ?? 0;
      position = skipSubBlocks(bytes, position + 10 + colourTableSize(flags) + 1);
    } else {
      while (position < bytes.length && !isBlock(bytes[position])) position++;
      parts.push(bytes.subarray(kept, start));
      kept = position;
      if (parts.length > MAX_PARTS) return null;
    }
  }
  return null;
}

function isBlock(byte: number | undefined): boolean {
  return byte === EXTENSION || byte === IMAGE || byte === TRAILER;
}

/** Bytes of the colour table that the flags announce. */
function colourTableSize(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

/** Where the block after a run of sub-blocks begins; beyond the end when the run is not finished. */
function skipSubBlocks(bytes: Buffer, start: number): number {
  let position = start;
  while (position < bytes.length) {
    const length = bytes[position] ?? 0;
    position += length + 1;
    if (length === 0) return position;
  }
  return bytes.length;
}
