import { MAX_RECORD, MAX_ROWS } from '../files/limits.js';
import { InvalidFile } from '../import-failures.js';
import { objectOf } from './json.js';

export interface JsonLine {
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Characters of a line. An entry with 200 former reads, each with notes, has about 2 million. */
const MAX_LINE = 4 * MAX_RECORD;

/** Lines of a file, blank ones included. */
const MAX_LINES = 4 * MAX_ROWS;

/**
 * The objects of a file in the format JSON Lines.
 *
 * @throws InvalidFile
 */
export async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<JsonLine> {
  let number = 1;
  let parts: string[] = [];
  let length = 0;
  for await (const piece of text) {
    const lines = piece.split('\n');
    for (const [index, line] of lines.entries()) {
      parts.push(line);
      length += line.length;
      if (length > MAX_LINE) throw new InvalidFile(number, 'a line is too long');
      if (index === lines.length - 1) break;
      yield* parsed(parts.join(''), number);
      parts = [];
      length = 0;
      number++;
      if (number > MAX_LINES) throw new InvalidFile(number, 'too many lines');
    }
  }
  yield* parsed(parts.join(''), number);
}

function* parsed(text: string, line: number): Generator<JsonLine> {
  if (text.trim() === '') return;
  try {
    yield { line, value: objectOf(JSON.parse(text)) };
  } catch (error) {
    if (error instanceof SyntaxError) throw new InvalidFile(line, 'no JSON', error);
    throw error;
  }
}
