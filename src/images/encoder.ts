import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { type ImageFormat, imageFormat, readPng } from './image-format.js';
import { plainGif, plainJpeg } from './plain-files.js';

/** Sides of the square versions of an avatar, in pixels. */
export const SQUARES = [20, 30, 40, 55, 75, 90, 128, 180, 230, 290] as const;

/** Maximum number of pixels, all frames of an animation together. */
const MAX_PIXELS = 40_000_000;
const MAX_FRAMES = 150;
/**
 * Maximum number of rows, all frames together. A row costs as much as hundreds of pixels; more rows would take over
 * five seconds of processor time.
 */
const MAX_ROWS = 5_000_000;
/** Longest side of a photo's thumbnail, in pixels. */
const THUMBNAIL = 320;
/** Timeout of one sharp operation in seconds. */
const TIMEOUT = 20;

// Only three of libvips' loaders are enabled, and only from memory: a loader that reads files could open a path that
// a client supplies. The setting holds for the whole process; the main thread loads this module before it starts
// others.
if (isMainThread) {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadNsgifBuffer'],
  });
}
// In every thread, because sharp turns the cache on when it is loaded.
sharp.cache(false);
sharp.concurrency(1);

/** The upload is not a picture that the service accepts. */
export class InvalidPicture extends Error {}

/** A picture ready to be stored. */
export interface EncodedPicture {
  readonly format: ImageFormat | 'webp';
  /** An array of its own, so that it can be transferred between threads. */
  readonly bytes: Uint8Array;
  /** In pixels; of one frame if there are several. */
  readonly width: number;
  readonly height: number;
}

/** An avatar: the picture in its own format and size, and its ten squares by their sides. */
export interface EncodedAvatar {
  readonly full: EncodedPicture;
  readonly squares: Map<number, EncodedPicture>;
}

/** A photo: the picture in its own format and size, and a thumbnail. */
export interface EncodedPhoto {
  readonly full: EncodedPicture;
  readonly thumbnail: EncodedPicture;
}

/** @throws InvalidPicture */
export async function encodeAvatar(upload: Buffer): Promise<EncodedAvatar> {
  const decoded = await decode(upload);
  const squares = new Map<number, EncodedPicture>();
  for (const side of SQUARES) {
    const square = centred(open(decoded), decoded).resize(side, side, { fit: 'cover', position: 'centre' });
    squares.set(side, await encode(square, 'webp', decoded));
  }
  const full = await encode(open(decoded), decoded.format, decoded);
  free(decoded.pixels);
  return { full, squares };
}

/** @throws InvalidPicture */
export async function encodePhoto(upload: Buffer): Promise<EncodedPhoto> {
  const decoded = await decode(upload);
  const small = open(decoded).resize(THUMBNAIL, THUMBNAIL, { fit: 'inside', withoutEnlargement: true });
  const thumbnail = await encode(small, 'webp', decoded);
  const full = await encode(open(decoded), decoded.format, decoded);
  free(decoded.pixels);
  return { full, thumbnail };
}

/** A decoded picture. The frames of an animation are stacked vertically. */
interface Decoded {
  readonly format: ImageFormat;
  readonly pixels: Buffer;
  readonly raw: { width: number; height: number; channels: 1 | 2 | 3 | 4; pageHeight?: number };
  readonly animation: { delay: number[]; loop: number } | null;
}

/** A file whose structure has been checked. */
interface CheckedFile {
  readonly format: ImageFormat;
  readonly bytes: Buffer;
  readonly frames: number;
  /** See `PngHeader`. */
  readonly gamma: number | null;
}

/** Checks the structure before decoding: rejects truncated files and too many frames. @throws InvalidPicture */
function checkStructure(bytes: Buffer): CheckedFile {
  const format = imageFormat(bytes);
  if (format === 'gif') {
    const gif = plainGif(bytes, MAX_FRAMES);
    if (gif !== null && gif.frames <= MAX_FRAMES) return { format, ...gif, gamma: null };
  } else if (format === 'png') {
    const header = readPng(bytes);
    if (header !== null) return { format, bytes, frames: 1, gamma: header.gamma };
  } else if (format === 'jpeg') return { format, bytes: plainJpeg(bytes), frames: 1, gamma: null };
  throw new InvalidPicture('The format is unknown, or the file is truncated or has too many frames');
}

/** Decodes a picture, after checking the dimensions in its header. @throws InvalidPicture */
async function decode(upload: Buffer): Promise<Decoded> {
  const { format, bytes, frames, gamma } = checkStructure(upload);
  try {
    const image = sharp(bytes, {
      animated: format === 'gif',
      // Files that only cause warnings are accepted, except truncated ones, which the check of the warnings rejects.
      failOn: 'truncated',
      limitInputPixels: MAX_PIXELS,
    });
    const { height: rows, delay, loop = 0, pages = 1 } = await image.metadata();
    // sharp drops frames that it cannot read.
    if (pages !== frames || rows > MAX_ROWS)
      throw new Error('Frames are missing, or there are too many rows');
    const warnings = warningsOf(image);
    const upright = pages > 1 ? image : image.autoOrient();
    const { data, info } = await upright
      .timeout({ seconds: TIMEOUT })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (warnings.some((warning) => TRUNCATED.test(warning))) throw new Error('The file is truncated');
    const { width, height, channels } = info;
    if (gamma !== null) await applyGamma(data, channels, gamma);
    return {
      format,
      pixels: data,
      raw: pages > 1 ? { width, height, channels, pageHeight: height / pages } : { width, height, channels },
      animation: pages > 1 ? { delay: delay ?? [], loop } : null,
    };
  } catch (cause) {
    throw new InvalidPicture('The file cannot be decoded', { cause });
  }
}

/** The JPEG decoder's warning about truncated data, even if an end marker follows. */
const TRUNCATED = /premature end/i;

/** Collects the decoder's warnings, which sharp only writes to its debug log. */
function warningsOf(image: Sharp): readonly string[] {
  const warnings: string[] = [];
  const { options } = image as unknown as { options: { debuglog: (warning: string) => void } };
  options.debuglog = (warning) => void warnings.push(warning);
  return warnings;
}

/** Pixels that are converted before the event loop runs other work. */
const PIXELS_PER_TURN = 1_000_000;

/** Converts samples with another gamma to sRGB, in place. Alpha samples have no gamma. */
async function applyGamma(pixels: Buffer, channels: number, gamma: number): Promise<void> {
  const table = Uint8Array.from({ length: 256 }, (_, sample) => toSrgb((sample / 255) ** (1 / gamma)));
  const alpha = channels % 2 === 0 ? channels - 1 : -1;
  for (let start = 0; start < pixels.length; start += PIXELS_PER_TURN * channels) {
    const end = Math.min(pixels.length, start + PIXELS_PER_TURN * channels);
    for (let index = start; index < end; index++) {
      if (index % channels !== alpha) pixels[index] = table[pixels[index] ?? 0] ?? 0;
    }
    await nextTurn();
  }
}

/** Converts a linear intensity from 0 to 1 to an sRGB sample (IEC 61966-2-1). */
function toSrgb(linear: number): number {
  const encoded = linear <= 0.003_130_8 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(encoded * 255);
}

function open({ pixels, raw, animation }: Decoded): Sharp {
  return sharp(pixels, { raw, animated: animation !== null, limitInputPixels: MAX_PIXELS }).timeout({
    seconds: TIMEOUT,
  });
}

/** Aspect ratio from which a picture is cropped before it is resized, to save work. */
const ELONGATED = 4;

/** Crops an elongated picture to its central square. Other pictures are cropped after they have been resized. */
function centred(image: Sharp, { raw: { width, height, pageHeight = height } }: Decoded): Sharp {
  const side = Math.min(width, pageHeight);
  if (Math.max(width, pageHeight) < side * ELONGATED) return image;
  const [left, top] = [Math.floor((width - side) / 2), Math.floor((pageHeight - side) / 2)];
  return image.extract({ left, top, width: side, height: side });
}

/** Frees the memory of an array at once, unless it shares a buffer with others. The array is empty afterwards. */
export function free({ buffer, byteLength }: Uint8Array): void {
  if (byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

async function encode(
  image: Sharp,
  format: EncodedPicture['format'],
  { animation }: Decoded,
): Promise<EncodedPicture> {
  const { data, info } = await encoder(image, format, animation ?? {}).toBuffer({ resolveWithObject: true });
  // sharp's memory cannot be transferred between threads. Its own toUint8Array copies too, but frees nothing.
  const bytes = new Uint8Array(data);
  free(data);
  return { format, bytes, width: info.width, height: frameHeight(info) };
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
      // Effort 2 takes half the time of 3 for files of 97 to 104 % of the size (decision 0038).
      return image.webp({ quality: 82, effort: 2, ...animation });
  }
}

function frameHeight(info: OutputInfo & { pages?: number; pageHeight?: number }): number {
  return info.pageHeight ?? info.height / (info.pages ?? 1);
}
