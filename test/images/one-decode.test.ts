import sharp from 'sharp';
import { expect, it, vi } from 'vitest';

/** Encoded inputs that `sharp` decoded; raw pixels are not recorded. */
const decoded: Buffer[] = [];

vi.mock('sharp', async (original) => {
  const { default: real } = await original<{ default: typeof sharp }>();
  const counting = (input?: unknown, options?: { raw?: object }) => {
    if (Buffer.isBuffer(input) && options?.raw === undefined) decoded.push(input);
    return real(input as Buffer, options as never);
  };
  return { default: Object.assign(counting, real) };
});

it('decodes an uploaded image once for all of its sizes', async () => {
  const { encodeAvatar, encodePhoto } = await import('../../src/images/encoder.js');
  const source = await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  decoded.length = 0;
  expect((await encodeAvatar(source)).squares.size).toBe(10);
  expect(decoded).toEqual([source]);
  decoded.length = 0;
  await encodePhoto(source);
  expect(decoded).toEqual([source]);
});
