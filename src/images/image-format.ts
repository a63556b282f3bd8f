/** The formats that are accepted, by their content alone. */
export type ImageFormat = 'gif' | 'jpeg' | 'png';

const SIGNATURES: readonly [ImageFormat, Buffer][] = [
  ['gif', Buffer.from('GIF87a', 'latin1')],
  ['gif', Buffer.from('GIF89a', 'latin1')],
  ['jpeg', Buffer.from([0xff, 0xd8, 0xff])],
  ['png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
];

/** What the first bytes say that a file is; null for everything else. */
export function imageFormat(bytes: Buffer): ImageFormat | null {
  return (
    SIGNATURES.find(([, signature]) => bytes.subarray(0, signature.length).equals(signature))?.[0] ?? null
  );
}

/**
 * Walks the chunks of a PNG: decoders accept one that ends before its last chunk does.
 *
 * @see https://www.w3.org/TR/png-3/#5DataRep
 */
export function isWholePng(bytes: Buffer): boolean {
  let position = 8;
  while (position + 12 <= bytes.length) {
    const isEnd = bytes.toString('latin1', position + 4, position + 8) === 'IEND';
    position += 12 + bytes.readUInt32BE(position);
    if (isEnd) return position <= bytes.length;
  }
  return false;
}

const EXTENSION = 0x21;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/**
 * Walks the blocks of a GIF, without decoding a pixel: decoders accept one that breaks off.
 *
 * @returns the number of frames; null when the file does not end where GIFs end
 * @see https://www.w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function countGifFrames(bytes: Buffer): number | null {
  let frames = 0;
  let position = 13 + colourTableSize(bytes[10] ?? 0);
  while (position < bytes.length) {
    const block = bytes[position];
    if (block === TRAILER) return frames > 0 ? frames : null;
    if (block === EXTENSION) position = skipSubBlocks(bytes, position + 2);
    else if (block === IMAGE) {
      frames++;
      const flags = bytes[position + 9] ?? 0;
      position = skipSubBlocks(bytes, position + 10 + colourTableSize(flags) + 1);
    } else return null;
  }
  return null;
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
