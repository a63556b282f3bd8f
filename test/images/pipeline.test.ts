import sharp, { type Sharp } from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src/http/app-error.js';
import { imageFormat } from '../../src/images/image-format.js';
import { SQUARES } from '../../src/images/encoder.js';
import { ImagePipeline } from '../../src/images/pipeline.js';
import { plainGif } from '../../src/images/plain-files.js';
import { gifOf, hollowPng, pngOf } from '../support/bombs.js';

const pipeline = new ImagePipeline();
// The encoder disables the WebP decoder; the tests need it to inspect the output.
sharp.unblock({ operation: ['VipsForeignLoadWebpBuffer'] });
afterAll(() => pipeline.onApplicationShutdown());

const RED = { r: 250, g: 10, b: 10 };
const BLUE = { r: 10, g: 10, b: 250 };
const still = (width: number, height: number, background: object = RED, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: background as typeof RED } });

/** Frames of a GIF, each of one colour. */
async function animation(frames: number, width = 60, height = 40): Promise<Buffer> {
  const pixels = Buffer.alloc(width * height * frames * 3);
  for (let frame = 0; frame < frames; frame++) {
    pixels.fill((frame * 37) % 256, frame * width * height * 3, (frame + 1) * width * height * 3);
  }
  return sharp(pixels, { raw: { width, height: height * frames, channels: 3, pageHeight: height } })
    .gif({ delay: Array.from({ length: frames }, () => 80), loop: 3 })
    .toBuffer();
}

async function errorMessageOf(bytes: Buffer): Promise<string> {
  // A copy, because the pipeline takes the bytes away.
  const error = await pipeline.avatar(Buffer.from(bytes)).then(
    () => new Error('accepted'),
    (thrown: unknown) => thrown,
  );
  return (error as Error).message;
}

describe('ImagePipeline.avatar', () => {
  it.each([
    ['1x1', () => still(1, 1).png().toBuffer(), 'png'],
    ['1x5000', () => still(1, 5000).png().toBuffer(), 'png'],
    ['portrait', () => still(300, 700).jpeg().toBuffer(), 'jpeg'],
    ['landscape', () => still(700, 300).jpeg().toBuffer(), 'jpeg'],
    ['CMYK', () => still(320, 200).toColourspace('cmyk').jpeg().toBuffer(), 'jpeg'],
    ['16 bits', () => still(320, 200).toColourspace('rgb16').png().toBuffer(), 'png'],
    ['grey', () => still(320, 200).greyscale().png().toBuffer(), 'png'],
    [
      'transparent',
      () =>
        still(320, 200, { ...RED, alpha: 0.3 }, 4)
          .png()
          .toBuffer(),
      'png',
    ],
    ['palette', () => still(320, 200).png({ palette: true }).toBuffer(), 'png'],
    ['one frame', () => still(320, 200).gif().toBuffer(), 'gif'],
  ])('creates every square of an avatar from this source: %s', async (_, make, format) => {
    const source = await make();
    const { full, squares } = await pipeline.avatar(source);
    const original = await sharp(source).metadata();
    expect(full).toMatchObject({ format, width: original.width, height: original.height });
    expect([...squares.keys()]).toEqual([...SQUARES]);
    for (const [side, square] of squares) {
      const read = await sharp(square.bytes).metadata();
      expect(read, String(side)).toMatchObject({ format: 'webp', width: side, height: side, space: 'srgb' });
      expect(square).toMatchObject({ width: side, height: side });
    }
    const stored = await sharp(full.bytes).metadata();
    expect(stored).toMatchObject({ format, depth: 'uchar' });
    expect(stored.exif ?? stored.icc ?? stored.xmp).toBeUndefined();
  });

  it('keeps the transparency of an avatar', async () => {
    const { squares } = await pipeline.avatar(
      await still(50, 50, { ...RED, alpha: 0.5 }, 4)
        .png()
        .toBuffer(),
    );
    const { data, info } = await sharp(squares.get(20)?.bytes).raw().toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(4);
    expect(data[3]).toBeGreaterThan(100);
    expect(data[3]).toBeLessThan(155);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'rotates an avatar with EXIF orientation %i upright and removes its EXIF data',
    async (orientation) => {
      // Upright: 40 x 60, red above blue. The source is turned as a camera in that orientation stores it.
      const upright = await still(40, 60)
        .composite([{ input: await still(40, 30, BLUE).png().toBuffer(), top: 30, left: 0 }])
        .png()
        .toBuffer();
      // One pass a step, because sharp reorders the operations of one pipeline.
      const steps: ((image: Sharp) => Sharp)[] = {
        1: [],
        2: [(image: Sharp) => image.flop()],
        3: [(image: Sharp) => image.rotate(180)],
        4: [(image: Sharp) => image.flip()],
        5: [(image: Sharp) => image.rotate(270), (image: Sharp) => image.flip()],
        6: [(image: Sharp) => image.rotate(270)],
        7: [(image: Sharp) => image.rotate(90), (image: Sharp) => image.flip()],
        8: [(image: Sharp) => image.rotate(90)],
      }[orientation] as ((image: Sharp) => Sharp)[];
      let turned = upright;
      for (const step of steps) turned = await step(sharp(turned)).png().toBuffer();
      const source = await sharp(turned)
        .withExif({ IFD0: { Make: 'Camera', Artist: 'Somebody' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
        .withMetadata({ orientation })
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .toBuffer();
      expect((await sharp(source).metadata()).orientation).toBe(orientation);
      const { full } = await pipeline.avatar(source);
      expect(full).toMatchObject({ width: 40, height: 60 });
      const { data } = await sharp(full.bytes).raw().toBuffer({ resolveWithObject: true });
      const at = (x: number, y: number) => [...data.subarray((y * 40 + x) * 3, (y * 40 + x) * 3 + 3)];
      expect(at(20, 10)[0]).toBeGreaterThan(200);
      expect(at(20, 50)[2]).toBeGreaterThan(200);
      expect(Buffer.from(full.bytes).includes('Somebody')).toBe(false);
      expect((await sharp(full.bytes).metadata()).exif).toBeUndefined();
    },
  );

  it('keeps the animation of a GIF in every size of an avatar', async () => {
    const { full, squares } = await pipeline.avatar(await animation(5));
    expect(full).toMatchObject({ format: 'gif', width: 60, height: 40 });
    expect(await sharp(full.bytes, { animated: true }).metadata()).toMatchObject({
      pages: 5,
      loop: 3,
      pageHeight: 40,
    });
    for (const [side, { bytes }] of squares) {
      const read = await sharp(bytes, { animated: true }).metadata();
      expect(read, String(side)).toMatchObject({
        format: 'webp',
        pages: 5,
        loop: 3,
        width: side,
        pageHeight: side,
      });
      expect(read.delay).toEqual([80, 80, 80, 80, 80]);
    }
  });
});

describe('ImagePipeline.photo', () => {
  it('scales the thumbnail of a photo to at most 320 pixels and never enlarges it', async () => {
    const wide = await pipeline.photo(await still(1000, 500).jpeg().toBuffer());
    expect(wide.full).toMatchObject({ format: 'jpeg', width: 1000, height: 500 });
    expect(wide.thumbnail).toMatchObject({ format: 'webp', width: 320, height: 160 });
    const tiny = await pipeline.photo(await still(5, 9).png().toBuffer());
    expect(tiny.thumbnail).toMatchObject({ width: 5, height: 9 });
  });
});

describe('Uploads that are not valid images', () => {
  it('rejects invalid, truncated and oversized files by their content', async () => {
    const png = await still(200, 200).png().toBuffer();
    const jpeg = await still(200, 200).jpeg().toBuffer();
    const gif = await animation(3);
    const refused: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      text: Buffer.from('/etc/passwd'),
      svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      webp: await still(20, 20).webp().toBuffer(),
      tiff: await still(20, 20).tiff().toBuffer(),
      'truncated png': png.subarray(0, png.length - 30),
      'png without its last byte': png.subarray(0, png.length - 1),
      'png without its IEND chunk': png.subarray(0, png.length - 12),
      'truncated jpeg': jpeg.subarray(0, jpeg.length / 2),
      'truncated gif': gif.subarray(0, gif.length - 10),
      'gif without its trailer': gif.subarray(0, -1),
      'signature alone': png.subarray(0, 8),
      'many pixels': hollowPng(16_000, 16_000),
      'more pixels than 32 bits': hollowPng(2 ** 31 - 1, 2 ** 31 - 1),
      'no pixels': hollowPng(0, 0),
      'many frames': await animation(151, 2, 2),
      'an animation of many pixels': await animation(120, 800, 500),
    };
    for (const [name, bytes] of Object.entries(refused))
      expect(await errorMessageOf(bytes), name).toBe('Invalid image');
  });

  it('accepts a GIF of 150 frames and rejects a PNG of more than 40 million pixels', async () => {
    await expect(pipeline.avatar(await animation(150, 2, 2))).resolves.toBeDefined();
    expect(await errorMessageOf(hollowPng(5_000, 8_001))).toBe('Invalid image');
  });

  it('removes script from a JPEG polyglot', async () => {
    const script = Buffer.from('<script>alert(1)</script><?php system($_GET[0]); ?>');
    const polyglot = Buffer.concat([await still(30, 30).jpeg().toBuffer(), script]);
    const { full } = await pipeline.avatar(polyglot);
    expect(Buffer.from(full.bytes).includes('script')).toBe(false);
  });

  it('counts the frames of a GIF without decoding it, and stops at the limit', async () => {
    expect(plainGif(await animation(7), 150)?.frames).toBe(7);
    expect(imageFormat(await animation(2))).toBe('gif');
    const many = gifOf(200_000);
    // Counting stops one frame above the limit.
    expect(plainGif(many, 150)?.frames).toBe(151);
    expect(await errorMessageOf(many)).toBe('Invalid image');
  });
});

describe('Images that decoders read with warnings', () => {
  const noise = async (width: number, height: number) => {
    const pixels = Buffer.from(
      Array.from(
        { length: width * height * 3 },
        (_, index) => (index * 7_919 + (index >> 5) * 104_729) % 256,
      ),
    );
    return sharp(pixels, { raw: { width, height, channels: 3 } });
  };
  const startOfScan = (bytes: Buffer) => {
    for (let at = 2; ; at += 2 + bytes.readUInt16BE(at + 2)) if (bytes[at + 1] === 0xda) return at;
  };
  const firstTable = (bytes: Buffer) => bytes.indexOf(Buffer.from([0xff, 0xdb]));
  const inserted = (bytes: Buffer, at: number, more: Buffer | number[]) =>
    Buffer.concat([bytes.subarray(0, at), Buffer.from(more), bytes.subarray(at)]);

  it('accepts JPEGs with the irregularities of phones and old cameras', async () => {
    const jpeg = await (await noise(320, 200)).jpeg({ quality: 90 }).toBuffer();
    const scan = startOfScan(jpeg);
    const spectrum = Buffer.from(jpeg);
    spectrum[scan + 2 + jpeg.readUInt16BE(scan + 2) - 2] = 0;
    const version = Buffer.from(jpeg);
    version.set([2, 1], 11);
    const accepted: Record<string, Buffer> = {
      'scan parameters': spectrum,
      'stray bytes': inserted(jpeg, firstTable(jpeg), Buffer.alloc(18, 0x11)),
      'stray bytes twice': inserted(
        inserted(jpeg, scan, Buffer.alloc(3, 0x22)),
        firstTable(jpeg),
        Buffer.alloc(18, 0x11),
      ),
      'an odd version': version,
      'bytes after the end': Buffer.concat([jpeg, Buffer.alloc(300, 7)]),
      'bytes before the end': inserted(jpeg, jpeg.length - 2, Buffer.alloc(12)),
      'fill bytes': inserted(jpeg, firstTable(jpeg), [0xff, 0xff]),
    };
    const expected = await sharp(jpeg).raw().toBuffer();
    for (const [name, bytes] of Object.entries(accepted)) {
      const { full } = await pipeline.photo(bytes);
      expect(full, name).toMatchObject({ format: 'jpeg', width: 320, height: 200 });
      const shown = await sharp(full.bytes).raw().toBuffer();
      const difference = shown.reduce(
        (sum, value, index) => sum + Math.abs(value - (expected[index] ?? 0)),
        0,
      );
      expect(difference / shown.length, name).toBeLessThan(12);
    }
  });

  it('rejects a truncated JPEG, also with an end marker appended', async () => {
    for (const options of [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }]) {
      const jpeg = await (await noise(320, 200)).jpeg({ quality: 90, ...options }).toBuffer();
      const scan = startOfScan(jpeg);
      for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
        const cut = jpeg.subarray(0, Math.floor(scan + 20 + (jpeg.length - scan - 40) * share));
        expect(await errorMessageOf(cut), `${share}`).toBe('Invalid image');
        const ended = Buffer.concat([cut, Buffer.from([0xff, 0xd9])]);
        expect(await errorMessageOf(ended), `${share} with an end`).toBe('Invalid image');
        expect(await errorMessageOf(inserted(ended, firstTable(ended), Buffer.alloc(18, 0x11)))).toBe(
          'Invalid image',
        );
      }
    }
  });

  it('accepts a GIF with stray bytes between blocks and keeps every frame', async () => {
    const gif = await animation(5);
    const lastImage = gif.lastIndexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
    const accepted = [
      inserted(gif, gif.length - 1, [0]),
      inserted(gif, lastImage, [0]),
      inserted(inserted(gif, gif.length - 1, [0, 0, 7]), lastImage, [0, 1]),
      Buffer.concat([gif, Buffer.from('after the end')]),
    ];
    for (const bytes of accepted) {
      const { full } = await pipeline.avatar(bytes);
      expect((await sharp(full.bytes, { animated: true }).metadata()).pages).toBe(5);
    }
    const broken = Buffer.concat([gif.subarray(0, lastImage + 30), Buffer.from([0, 0x3b])]);
    expect(await errorMessageOf(broken)).toBe('Invalid image');
  });
});

describe('Image dimensions', () => {
  it.each([
    [1, 116_000],
    [116_000, 1],
    [1, 2_000_000],
    [2_000_000, 1],
    [3, 20_000],
    [39_000_000, 1],
  ])('accepts a PNG of %i x %i pixels', async (width, height) => {
    const source = pngOf(width, height, 0, (_x, y) => (y * 3) % 256);
    const { full, squares } = await pipeline.avatar(Buffer.from(source));
    expect(full).toMatchObject({ format: 'png', width, height });
    expect(squares.get(290)).toMatchObject({ width: 290, height: 290 });
    const { thumbnail } = await pipeline.photo(source);
    expect(Math.max(thumbnail.width, thumbnail.height)).toBe(320);
  });

  it('rejects a PNG of 39,000,000 rows, which would need more than five seconds of CPU time', async () => {
    expect(await errorMessageOf(pngOf(1, 39_000_000, 0, () => 0))).toBe('Invalid image');
  });

  it('crops the squares of an avatar from the middle of the image', async () => {
    const source = pngOf(10, 4_000, 0, (_x, y) => (y >= 1_995 && y < 2_005 ? 255 : 0));
    const { squares } = await pipeline.avatar(source);
    const { data } = await sharp(squares.get(40)?.bytes).raw().toBuffer({ resolveWithObject: true });
    expect(Math.min(...data)).toBeGreaterThan(240);
  });
});

describe('PNG gamma', () => {
  const gamma = (value: number) => {
    const data = Buffer.alloc(4);
    data.writeUInt32BE(value);
    return ['gAMA', data] as const;
  };
  const sampleOf = async (bytes: Buffer) => {
    const { full } = await pipeline.photo(bytes);
    const { data, info } = await sharp(full.bytes)
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return { grey: data[0], alpha: info.channels === 4 ? data[3] : undefined };
  };

  it.each([
    ['grey', 0],
    ['RGB', 2],
    ['palette', 3],
    ['grey with alpha', 4],
    ['RGB with alpha', 6],
  ])('applies the gamma chunk of a PNG of type %s', async (_, type) => {
    const linear = await sampleOf(pngOf(20, 20, type, () => 128, [gamma(100_000)]));
    expect(Math.abs((linear.grey ?? 0) - 188)).toBeLessThanOrEqual(3);
    if (type === 4 || type === 6) expect(linear.alpha).toBe(128);
    for (const chunks of [
      [],
      [gamma(45_455)],
      [gamma(100_000), ['sRGB', Buffer.from([0])] as const],
    ] as const) {
      const plain = await sampleOf(pngOf(20, 20, type, () => 128, chunks));
      expect(Math.abs((plain.grey ?? 0) - 128)).toBeLessThanOrEqual(1);
    }
  });
});

describe('The queue of ImagePipeline', () => {
  it('rejects 9 of 50 concurrent images with 503 and Retry-After', async () => {
    const source = await still(400, 400).jpeg().toBuffer();
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => pipeline.photo(source)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(9);
    for (const { reason } of refused) {
      expect((reason as AppError).definition.status).toBe(503);
      expect((reason as AppError).extra.retryAfter).toBeGreaterThan(0);
    }
  });
});
