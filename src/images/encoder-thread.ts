import { move, transferableSymbol, valueSymbol } from 'piscina';
import { encodeAvatar, type EncodedPicture, encodePhoto, free, InvalidPicture } from './encoder.js';

/** What the thread answers: the encoded pictures, or why the upload is not a picture. */
export type Encoding<Encoded> =
  | { readonly kind: 'encoded'; readonly encoded: Encoded }
  | { readonly kind: 'invalid'; readonly reason: string };

/** Encodes an avatar in this thread. The bytes belong to the thread. */
export async function avatar(upload: Uint8Array<ArrayBuffer>) {
  return answer(upload, encodeAvatar, ({ full, squares }) => [full, ...squares.values()]);
}

/** Encodes a photo in this thread. The bytes belong to the thread. */
export async function photo(upload: Uint8Array<ArrayBuffer>) {
  return answer(upload, encodePhoto, ({ full, thumbnail }) => [full, thumbnail]);
}

/** Answers with the pictures; their bytes are transferred to the calling thread instead of copied. */
async function answer<Encoded>(
  { buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>,
  encode: (upload: Buffer) => Promise<Encoded>,
  picturesOf: (encoded: Encoded) => EncodedPicture[],
) {
  try {
    const encoded = await encode(Buffer.from(buffer, byteOffset, byteLength));
    const transferred = picturesOf(encoded).map(({ bytes }) => bytes.buffer);
    const value: Encoding<Encoded> = { kind: 'encoded', encoded };
    return move({ [transferableSymbol]: transferred, [valueSymbol]: value });
  } catch (error) {
    if (!(error instanceof InvalidPicture)) throw error;
    const reason = error.cause instanceof Error ? error.cause.message : error.message;
    return { kind: 'invalid', reason } satisfies Encoding<Encoded>;
  } finally {
    free(new Uint8Array(buffer));
  }
}
