import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A chunk of a PNG, with its length and checksum. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function png(width: number, height: number, type: number, chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, type, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...chunks,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A PNG whose header announces a size, with almost no pixel data. */
export function hollowPng(width: number, height: number): Buffer {
  return png(width, height, 6, [chunk('IDAT', deflateSync(Buffer.alloc(1024)))]);
}

/**
 * A PNG with 8 bits per sample. All samples of a pixel have the same value.
 *
 * @param type colour type of PNG: 0 grey, 2 RGB, 3 palette (of greys), 4 grey and alpha, 6 RGB and alpha
 * @param chunks additional chunks, before the pixels
 */
export function pngOf(
  width: number,
  height: number,
  type: number,
  sample: (x: number, y: number) => number,
  chunks: readonly (readonly [type: string, data: Buffer])[] = [],
): Buffer {
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[type] ?? 1;
  const stride = 1 + width * channels;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      rows.fill(sample(x, y), y * stride + 1 + x * channels, y * stride + 1 + (x + 1) * channels);
  }
  const palette = Buffer.from(Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3)));
  return png(width, height, type, [
    ...chunks.map(([name, data]) => chunk(name, data)),
    ...(type === 3 ? [chunk('PLTE', palette)] : []),
    chunk('IDAT', deflateSync(rows, { level: 6 })),
  ]);
}

/** A PNG of one colour that decodes to a gigabyte, in a few megabytes. */
export async function fullPng(width: number, height: number): Promise<Buffer> {
  return sharp({
    create: { width, height, channels: 4, background: '#123456' },
    limitInputPixels: false,
  })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** A GIF of frames of one pixel each. */
export function gifOf(frames: number): Buffer {
  const head = Buffer.from('47494638396101000100000000', 'hex');
  const frame = Buffer.from('2c00000000010001000002024c0100', 'hex');
  return Buffer.concat([head, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}
