import { Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { serviceUnavailable } from '../http/app-error.js';
import { countGifFrames, type ImageFormat, imageFormat, isWholePng } from './image-format.js';
import { invalidImage } from './images.errors.js';

/** Sides of the square versions of an avatar, in pixels. */
export const SQUARES = [20, 30, 40, 55, 75, 90, 128, 180, 230, 290] as const;

/** Most pixels of a picture, all frames of an animation together. */
const MAX_PIXELS = 40_000_000;
const MAX_FRAMES = 150;
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
        const square = open(decoded).resize(side, side, { fit: 'cover', position: 'centre' });
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

/** Looks at the header first: nothing is decoded that is too large. */
async function decode(bytes: Buffer): Promise<Decoded> {
  const format = imageFormat(bytes);
  const frames = format === 'gif' ? countGifFrames(bytes) : 1;
  if (format === null || frames === null || frames > MAX_FRAMES) throw invalidImage();
  if (format === 'png' && !isWholePng(bytes)) throw invalidImage();
  try {
    const image = sharp(bytes, {
      animated: format === 'gif',
      failOn: 'warning',
      limitInputPixels: MAX_PIXELS,
    });
    const { delay, loop = 0, pages = 1 } = await image.metadata();
    const upright = pages > 1 ? image : image.autoOrient();
    const { data, info } = await upright
      .timeout({ seconds: TIMEOUT })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
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

function open({ pixels, raw, animation }: Decoded): Sharp {
  return sharp(pixels, { raw, animated: animation !== null, limitInputPixels: MAX_PIXELS }).timeout({
    seconds: TIMEOUT,
  });
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
