/** The formats that are accepted, by their content alone. */
export type ImageFormat = 'gif' | 'jpeg' | 'png';

const SIGNATURES: readonly [ImageFormat, Buffer][] = [
  ['gif', Buffer.from('GIF87a', 'latin1')],
  ['gif', Buffer.from('GIF89a', 'latin1')],
  // Stray bytes may stand before the next marker.
  ['jpeg', Buffer.from([0xff, 0xd8])],
  ['png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
];

/** What the first bytes say that a file is; null for everything else. */
export function imageFormat(bytes: Buffer): ImageFormat | null {
  return (
    SIGNATURES.find(([, signature]) => bytes.subarray(0, signature.length).equals(signature))?.[0] ?? null
  );
}

/** What the chunks of a PNG say before its pixels. */
export interface PngHeader {
  /**
   * The exponent by which samples were encoded, where it is not that of sRGB; null where the file says that it is sRGB,
   * has a profile, or says nothing.
   */
  readonly gamma: number | null;
}

/** The exponent that stands for sRGB. */
const SRGB_GAMMA = 0.45455;

/**
 * Walks the chunks of a PNG: decoders accept one that ends before its last chunk does, and pass over its gamma.
 *
 * @returns null for one that is not whole
 * @see https://www.w3.org/TR/png-3/#5DataRep and #11gAMA
 */
export function readPng(bytes: Buffer): PngHeader | null {
  let position = 8;
  let gamma: number | null = null;
  let hasProfile = false;
  while (position + 12 <= bytes.length) {
    const length = bytes.readUInt32BE(position);
    const type = bytes.toString('latin1', position + 4, position + 8);
    if (type === 'gAMA' && length === 4 && position + 12 <= bytes.length)
      gamma = bytes.readUInt32BE(position + 8) / 100_000;
    if (type === 'sRGB' || type === 'iCCP') hasProfile = true;
    position += 12 + length;
    if (type === 'IEND') {
      const applies = gamma !== null && gamma > 0 && !hasProfile && Math.abs(gamma - SRGB_GAMMA) > 0.005;
      return position <= bytes.length ? { gamma: applies ? gamma : null } : null;
    }
  }
  return null;
}
