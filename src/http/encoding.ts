import { promisify } from 'node:util';
import { brotliCompress, type BrotliOptions, constants, gzip } from 'node:zlib';

/** The supported content codings, in the order of preference for equal weights. */
const ENCODINGS = ['br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** The supported encoding with the highest weight in `Accept-Encoding`; null if there is none. */
export function encodingFor(accept: string | undefined): Encoding | null {
  if (accept === undefined) return null;
  const weights = new Map(accept.toLowerCase().split(',').map(parseWeight));
  const weightOf = (encoding: string) => weights.get(encoding) ?? weights.get('*') ?? 0;
  const [best] = ENCODINGS.toSorted((one, other) => weightOf(other) - weightOf(one));
  return best !== undefined && weightOf(best) > 0 ? best : null;
}

function parseWeight(part: string): [encoding: string, weight: number] {
  const [name = '', ...parameters] = part.split(';');
  const weight = parameters.map((text) => /^\s*q\s*=\s*([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
  return [name.trim(), Number(weight ?? 1)];
}

/** Brotli quality of dynamic answers, which are compressed each time; 11 is the highest. */
const DYNAMIC_QUALITY = 4;
/** Brotli quality of static files, which are compressed once and cached. */
const STATIC_QUALITY = 9;

/** Compresses a dynamic answer off the event loop. */
export function encode(
  body: string,
  encoding: Encoding,
  done: (error: Error | null, bytes: Buffer) => void,
): void {
  if (encoding === 'gzip') gzip(body, done);
  else brotliCompress(body, brotliOptions(Buffer.byteLength(body), DYNAMIC_QUALITY), done);
}

/** Compresses a static file, which may take a second. */
export async function encodeStatic(body: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'gzip') return promisify(gzip)(body);
  return promisify(brotliCompress)(body, brotliOptions(body.length, STATIC_QUALITY));
}

function brotliOptions(bytes: number, quality: number): BrotliOptions {
  return {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes },
  };
}
