/**
 * Removes the stray bytes that phones and old cameras write into picture files, and that decoders skip or fail on.
 * The decoder can then be strict about the rest.
 */

/** Maximum number of parts that a file is assembled from: each part costs memory, however short it is. */
const MAX_PARTS = 2_000;

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
/** Baseline and extended sequential frames, whose scans always cover the whole spectrum. */
const SEQUENTIAL_FRAMES = new Set([0xc0, 0xc1]);
/** Markers without a segment: TEM, RST0 to RST7, SOI. */
const isStandalone = (code: number) => code === 0x01 || (code >= 0xd0 && code <= 0xd8);

/**
 * Removes stray bytes between the segments before the first scan of a JPEG, and sets the scan parameters that its
 * frame type requires. Returns a JPEG of unknown structure unchanged.
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
    // Any number of fill bytes can precede a marker's code.
    while (bytes[code] === MARKER) code++;
    const marker = bytes[code] ?? 0;
    position = code + 1;
    if (marker === 0) continue;
    if (isStandalone(marker)) {
      parts.push(Buffer.from([MARKER, marker]));
      continue;
    }
    if (position + 2 > bytes.length) return bytes;
    const end = position + bytes.readUInt16BE(position);
    if (end > bytes.length) return bytes;
    const segment = Buffer.from(bytes.subarray(position, end));
    if (SEQUENTIAL_FRAMES.has(marker)) isSequential = true;
    if (marker === START_OF_SCAN) {
      // The last three bytes: start and end of the spectral selection, and the successive approximation.
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
  /** Number of images, at most one above the limit. */
  readonly frames: number;
}

/**
 * Reads the blocks of a GIF without decoding pixels, because decoders accept truncated files and drop the frames
 * after a stray byte between blocks.
 *
 * @param maxFrames counting stops above this number
 * @returns null for a file without images, without a trailer, or with too many parts
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function plainGif(bytes: Buffer, maxFrames: number): PlainGif | null {
  const parts: Buffer[] = [];
  let frames = 0;
  let position = 13 + colourTableSize(bytes[10] ?? 0);
  let partStart = 0;
  while (position < bytes.length) {
    const start = position;
    const block = bytes[position];
    if (block === TRAILER) {
      parts.push(bytes.subarray(partStart, position + 1));
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
      parts.push(bytes.subarray(partStart, start));
      partStart = position;
      if (parts.length > MAX_PARTS) return null;
    }
  }
  return null;
}

function isBlock(byte: number | undefined): boolean {
  return byte === EXTENSION || byte === IMAGE || byte === TRAILER;
}

/** Size in bytes of the colour table that the flags declare. */
function colourTableSize(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 0x07) + 1) : 0;
}

/** Position after a run of sub-blocks; at least the file's length if the run is truncated. */
function skipSubBlocks(bytes: Buffer, start: number): number {
  let position = start;
  while (position < bytes.length) {
    const length = bytes[position] ?? 0;
    position += length + 1;
    if (length === 0) return position;
  }
  return bytes.length;
}
