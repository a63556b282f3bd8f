import { promisify } from 'node:util';
import { brotliCompress, type BrotliOptions, constants, gzip } from 'node:zlib';

/** How bodies can be compressed; the first of those that a client likes best is taken. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The encoding that a client asks for in `Accept-Encoding`; null for none that is known here. */
export function encodingFor(accept: string | undefined): Encoding | null {
  if (accept === undefined) return null;
  const weights = new Map(accept.toLowerCase().split(',').map(weighed));
  const weightOf = (encoding: string) => weights.get(encoding) ?? weights.get('*') ?? 0;
  const [best] = ENCODINGS.toSorted((one, other) => weightOf(other) - weightOf(one));
  return best !== undefined && weightOf(best) > 0 ? best : null;
}

function weighed(part: string): [encoding: string, weight: number] {
  const [name = '', ...parameters] = part.split(';');
  const weight = parameters.map((text) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
  return [name.trim(), Number(weight ?? 1)];
}

/** Brotli's quality for answers that are compressed each time they are sent; 11 is the highest. */
const QUICK = 4;
/** And for what is compressed once and sent often. */
const THOROUGH = 9;

/** Compresses a body that is sent once, outside of the event loop. */
export function encode(
  body: string,
  encoding: Encoding,
  done: (error: Error | null, bytes: Buffer) => void,
): void {
  if (encoding === 'gzip') gzip(body, done);
  else brotliCompress(body, brotliOptions(Buffer.byteLength(body), QUICK), done);
}

/** Compresses a body that is kept, which may take a second. */
export async function encodeOnce(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(body);
  return promisify(brotliCompress)(body, brotliOptions(body.length, THOROUGH));
}

function brotliOptions(bytes: number, quality: number): BrotliOptions {
  return {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
  };
}
