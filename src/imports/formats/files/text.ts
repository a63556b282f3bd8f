import { ByteLimit } from './limits.js';
import { headOf, type Source } from './source.js';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** The text of a file's first bytes, by which its format is recognized. */
export function headText(head: Buffer): string {
  return new TextDecoder(certainEncoding(head) ?? 'utf-8').decode(head);
}

/**
 * The text of a file, in small pieces, without a byte-order mark.
 *
 * @throws InvalidFile
 */
export async function* textOf(source: Source, limit: ByteLimit): AsyncGenerator<string> {
  const decoder = new TextDecoder(await encodingOf(source));
  for await (const chunk of source.read(limit)) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function encodingOf(source: Source): Promise<Encoding> {
  return certainEncoding(await headOf(source, new ByteLimit())) ?? guessedEncoding(source);
}

/**
 * The encoding that a byte-order mark names, or that the first two characters, which are ASCII in all formats, show.
 */
function certainEncoding(head: Buffer): Encoding | null {
  const [first, second, third] = head;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0) return 'utf-16le';
  return first === 0 && second !== 0 ? 'utf-16be' : null;
}

const REPLACEMENT = 0xfffd;

/**
 * UTF-8 or Windows-1252. In a text of Windows-1252 hardly any character beyond ASCII is valid UTF-8. A text of UTF-8
 * with a few damaged characters, which exports do have, stays UTF-8.
 */
async function guessedEncoding(source: Source): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8');
  let invalid = 0;
  let valid = 0;
  const limit = new ByteLimit();
  const count = (text: string) => {
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code === REPLACEMENT) invalid++;
      else if (code > 0x7f) valid++;
    }
  };
  for await (const chunk of source.read(limit)) count(decoder.decode(chunk, { stream: true }));
  count(decoder.decode());
  return invalid > valid ? 'windows-1252' : 'utf-8';
}
