import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { serviceUnavailable } from '../http/app-error.js';
import { type ImageFormat, imageFormat, readPng } from './image-format.js';
import { invalidImage } from './images.errors.js';
import { plainGif, plainJpeg } from './plain-files.js';

/** Sides of the square versions of an avatar, in pixels. */
export const SQUARES = [20, 30, 40, 55, 75, 90, 128, 180, 230, 290] as const;

/** Most pixels of a picture, all frames of an animation together. */
const MAX_PIXELS = 40_000_000;
const MAX_FRAMES = 150;
/**
 * Most rows of a picture, all frames together: each costs as much as hundreds of pixels, and more than these would take
 * more than five seconds of a processor.
 */
const MAX_ROWS = 5_000_000;
/** Longest side of a photo's thumbnail, in pixels. */
const THUMBNAIL = 320;
/** Seconds that one picture may take. */
const TIMEOUT = 20;
/** Uploads that may wait for their turn. */
const WAITING = 40;
/** Seconds after which a refused upload may come again. */
const RETRY_AFTER = 5;

// Of the many formats that the library reads, three; and only from memory: a text from a client could be a path.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadNsgifBuffer'],
});
sharp.cache(false);
sharp.concurrency(1);

/** A picture ready to be stored. */
export interface EncodedPicture {
  readonly format: ImageFormat | 'webp';
  readonly bytes: Buffer;
  /** Pixels; of one frame, where there are several. */
  readonly width: number;
  readonly height: number;
}

/** Pixels of all frames, one below the other. */
interface Decoded {
  readonly format: ImageFormat;
  readonly pixels: Buffer;
  readonly raw: { width: number; height: number; channels: 1 | 2 | 3 | 4; pageHeight?: number };
  readonly animation: { delay: number[]; loop: number } | null;
}

/**
 * Turns uploads into what is stored: upright, in sRGB, without metadata. Each is decoded once, whatever the number of
 * its versions, and one at a time, so that uploads never keep the processor from those who sign in.
 */
@Injectable()
export class ImagePipeline {
  private readonly turns = pLimit(1);

  /**
   * An avatar: the picture in its own format and size, and its ten squares.
   *
   * @throws invalidImage, serviceUnavailable when too many wait already
   */
  async avatar(bytes: Buffer): Promise<{ full: EncodedPicture; squares: Map<number, EncodedPicture> }> {
    return this.inTurn(async () => {
      const decoded = await decode(bytes);
      const squares = new Map<number, EncodedPicture>();
      for (const side of SQUARES) {
        const square = centred(open(decoded), decoded).resize(side, side, {
          fit: 'cover',
          position: 'centre',
        });
        squares.set(side, await encode(square, 'webp', decoded));
      }
      const full = await encode(open(decoded), decoded.format, decoded);
      release(decoded);
      return { full, squares };
    });
  }

  /** A photo: the picture in its own format and size, and a thumbnail. @throws as `avatar` */
  async photo(bytes: Buffer): Promise<{ full: EncodedPicture; thumbnail: EncodedPicture }> {
    return this.inTurn(async () => {
      const decoded = await decode(bytes);
      const small = open(decoded).resize(THUMBNAIL, THUMBNAIL, { fit: 'inside', withoutEnlargement: true });
      const thumbnail = await encode(small, 'webp', decoded);
      const full = await encode(open(decoded), decoded.format, decoded);
      release(decoded);
      return { full, thumbnail };
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.turns.pendingCount >= WAITING) throw serviceUnavailable({ retryAfter: RETRY_AFTER });
    return this.turns(work);
  }
}

/** A file that may be decoded. */
interface Readable {
  readonly format: ImageFormat;
  readonly bytes: Buffer;
  readonly frames: number;
  /** See `PngHeader`. */
  readonly gamma: number | null;
}

/** Looks at the structure first: nothing is decoded that is not whole or has too many frames. @throws invalidImage */
function readable(bytes: Buffer): Readable {
  const format = imageFormat(bytes);
  if (format === 'gif') {
    const gif = plainGif(bytes, MAX_FRAMES);
    if (gif !== null && gif.frames <= MAX_FRAMES) return { format, ...gif, gamma: null };
  } else if (format === 'png') {
    const header = readPng(bytes);
    if (header !== null) return { format, bytes, frames: 1, gamma: header.gamma };
  } else if (format === 'jpeg') return { format, bytes: plainJpeg(bytes), frames: 1, gamma: null };
  throw invalidImage();
}

/** Then at the header: nothing is decoded that is too large. */
async function decode(upload: Buffer): Promise<Decoded> {
  const { format, bytes, frames, gamma } = readable(upload);
  try {
    const image = sharp(bytes, {
      animated: format === 'gif',
      // What decoders show with a warning alone is shown; a file that breaks off is told by its warning below.
      failOn: 'truncated',
      limitInputPixels: MAX_PIXELS,
    });
    const { height: rows, delay, loop = 0, pages = 1 } = await image.metadata();
    // The library drops frames that it cannot read.
    if (pages !== frames || rows > MAX_ROWS)
      throw new Error('Frames are missing, or there are too many rows');
    const warnings = warningsOf(image);
    const upright = pages > 1 ? image : image.autoOrient();
    const { data, info } = await upright
      .timeout({ seconds: TIMEOUT })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (warnings.some((warning) => BROKEN_OFF.test(warning))) throw new Error('The file breaks off');
    const { width, height, channels } = info;
    if (gamma !== null) await applyGamma(data, channels, gamma);
    return {
      format,
      pixels: data,
      raw: pages > 1 ? { width, height, channels, pageHeight: height / pages } : { width, height, channels },
      animation: pages > 1 ? { delay: delay ?? [], loop } : null,
    };
  } catch (cause) {
    throw invalidImage({ cause });
  }
}

/** What the JPEG decoder says of data that ends before the picture does, also where an end marker follows. */
const BROKEN_OFF = /premature end/i;

/** The decoder's warnings, which the library hands to its own debug log alone. */
function warningsOf(image: Sharp): readonly string[] {
  const warnings: string[] = [];
  const { options } = image as unknown as { options: { debuglog: (warning: string) => void } };
  options.debuglog = (warning) => void warnings.push(warning);
  return warnings;
}

/** Samples that are converted before other work gets its turn. */
const SLICE = 1_000_000;

/** Converts samples that were encoded with an exponent of their own to sRGB, in place; alpha has no gamma. */
async function applyGamma(pixels: Buffer, channels: number, gamma: number): Promise<void> {
  const table = Uint8Array.from({ length: 256 }, (_, sample) => toSrgb((sample / 255) ** (1 / gamma)));
  const alpha = channels % 2 === 0 ? channels - 1 : -1;
  for (let start = 0; start < pixels.length; start += SLICE * channels) {
    const end = Math.min(pixels.length, start + SLICE * channels);
    for (let index = start; index < end; index++) {
      if (index % channels !== alpha) pixels[index] = table[pixels[index] ?? 0] ?? 0;
    }
    await nextTurn();
  }
}

/** A linear intensity from 0 to 1 as a sample of sRGB (IEC 61966-2-1). */
function toSrgb(linear: number): number {
  const encoded = linear <= 0.003_130_8 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function open({ pixels, raw, animation }: Decoded): Sharp {
  return sharp(pixels, { raw, animated: animation !== null, limitInputPixels: MAX_PIXELS }).timeout({
    seconds: TIMEOUT,
  });
}

/** Side lengths from whose ratio on only the middle of a picture is resized: the rest would be work for nothing. */
const ELONGATED = 4;

/** The square in the middle of a very long picture; other pictures are cut after they have been resized. */
function centred(image: Sharp, { raw: { width, height, pageHeight = height } }: Decoded): Sharp {
  const side = Math.min(width, pageHeight);
  if (Math.max(width, pageHeight) < side * ELONGATED) return image;
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((pageHeight - side) / 2)];
  return image.extract({ left, top, width: side, height: side });
}

/**
 * Gives the pixels back at once. Left to the garbage collector, which learns of megabytes that it does not hold itself,
 * they make it go through the whole heap after every second picture.
 */
function release({ pixels }: Decoded): void {
  const { buffer } = pixels;
  if (pixels.byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function encode(
  image: Sharp,
  format: EncodedPicture['format'],
  { animation }: Decoded,
): Promise<EncodedPicture> {
  const { data, info } = await encoder(image, format, animation ?? {}).toBuffer({ resolveWithObject: true });
  return { format, bytes: data, width: info.width, height: frameHeight(info) };
}

function encoder(
  image: Sharp,
  format: EncodedPicture['format'],
  animation: Partial<{ delay: number[]; loop: number }>,
) {
  switch (format) {
    case 'gif':
      return image.gif(animation);
    case 'jpeg':
      return image.jpeg({ quality: 88, mozjpeg: false });
    case 'png':
      return image.png();
    case 'webp':
      return image.webp({ quality: 82, effort: 3, ...animation });
  }
}

function frameHeight(info: OutputInfo & { pages?: number; pageHeight?: number }): number {
  return info.pageHeight ?? info.height / (info.pages ?? 1);
}
