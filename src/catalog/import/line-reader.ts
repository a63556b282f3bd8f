import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Maximum bytes of a line, which is buffered. Series are far shorter. */
const MAX_LINE = 4 * 1024 * 1024;
const LINE_FEED = 10;

/** A line of a file: its number, from 1, and its text or the reason why it cannot be read. */
export type Line = { readonly number: number } & ({ readonly text: string } | { readonly fault: string });

/** The bytes of a file, unpacked if its first two bytes are those of gzip. */
export async function* unzipped(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < 2 && !ended) {
    const next = await chunks.next();
    if (next.done) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  const rest = (async function* () {
    if (head.length > 0) yield head;
    for (;;) {
      const next = await chunks.next();
      if (next.done) return;
      yield next.value;
    }
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* rest;
  const zipped = Readable.from(rest);
  const gunzip = createGunzip();
  zipped.on('error', (error) => gunzip.destroy(error));
  yield* zipped.pipe(gunzip) as AsyncIterable<Buffer>;
}

/** Splits bytes into lines; memory is bounded for lines of any length. Blank lines are skipped, but numbered. */
export async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const finish = (): Line | null => {
    number++;
    const line =
      length > MAX_LINE ? { number, fault: `longer than ${MAX_LINE} bytes` } : decoded(number, parts);
    parts = [];
    length = 0;
    return 'text' in line && line.text.trim() === '' ? null : line;
  };
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      length += end - start;
      if (length <= MAX_LINE) parts.push(chunk.subarray(start, end));
      const line = finish();
      if (line) yield line;
      start = end + 1;
      // A fast path for empty lines, since a small gzipped file can contain very many.
      for (; chunk[start] === LINE_FEED; start++) number++;
    }
    length += chunk.length - start;
    if (length <= MAX_LINE) parts.push(chunk.subarray(start));
    else parts = [];
  }
  const last = length > 0 ? finish() : null;
  if (last) yield last;
}

function decoded(number: number, parts: Buffer[]): Line {
  const bytes = Buffer.concat(parts);
  if (!isUtf8(bytes)) return { number, fault: 'not UTF-8' };
  const text = bytes.toString('utf8');
  return { number, text: number === 1 ? text.replace(/^\uFEFF/, '') : text };
}
