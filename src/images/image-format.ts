/** The accepted formats. The content of a file decides, not its name or type. */
export type ImageFormat = 'gif' | 'jpeg' | 'png';

const SIGNATURES: readonly [ImageFormat, Buffer][] = [
  ['gif', Buffer.from('GIF87a', 'latin1')],
  ['gif', Buffer.from('GIF89a', 'latin1')],
  // Two bytes only, because stray bytes can precede the next marker.
  ['jpeg', Buffer.from([0xff, 0xd8])],
  ['png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
];

/** Detects the format of a file by its signature; null for other formats. */
export function imageFormat(bytes: Buffer): ImageFormat | null {
  return (
    SIGNATURES.find(([, signature]) => bytes.subarray(0, signature.length).equals(signature))?.[0] ?? null
  );
}

/** The properties of a PNG that its chunks declare. */
export interface PngHeader {
  /**
   * Gamma of the samples if it differs from sRGB's; null if the file is marked as sRGB, has an ICC profile, or
   * declares no gamma.
   */
  readonly gamma: number | null;
}

/** The gamma of sRGB in a gAMA chunk. */
const SRGB_GAMMA = 0.45455;

/**
 * Reads the chunks of a PNG, because decoders accept truncated files and ignore the gamma.
 *
 * @returns null for a truncated file
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
