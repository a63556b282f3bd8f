import { getManyValues, isMany, none } from 'stream-chain/defs.js';
import { Assembler } from 'stream-json/core/assembler.js';
import { jsonParser, type Token } from 'stream-json/core/parser.js';
import { MAX_CELL, MAX_RECORD } from '../files/limits.js';
import { InvalidFile } from '../import-failures.js';

/** A value of a JSON document. */
export interface JsonValue {
  /** Keys from the root, joined by points; an element of an array is `#`: `data.lists.#.entries.#`. */
  readonly path: string;
  readonly value: unknown;
}

const MAX_DEPTH = 64;

/** Longer paths match nothing. They are not built, so that a file with long keys does not slow the reader down. */
const MAX_PATH = 200;

/** Tokens of one value. */
const MAX_TOKENS = 20_000;

/** Tokens of a document. An export with 50,000 entries and as many activities has about 4 million. */
const MAX_ALL_TOKENS = 10_000_000;

/**
 * The values of a JSON document whose path matches, in the order of the document; values inside such a value are not
 * matched. Everything else is skipped without being stored.
 *
 * @throws InvalidFile
 */
export async function* jsonValues(text: AsyncIterable<string>, paths: RegExp): AsyncGenerator<JsonValue> {
  const reader = new ValueReader(paths);
  for await (const piece of text) yield* reader.read(piece);
  yield* reader.end();
}

class ValueReader {
  private readonly tokenize = jsonParser({ packValues: true, streamValues: false });
  private readonly containers: { path: string; key: string }[] = [];
  private value: ValueAssembly | null = null;
  private line = 1;
  /** The tokenizer looks up to 16 characters ahead: an error is nearer to the last token than to the last character. */
  private lineOfToken = 1;
  private lengthWithoutToken = 0;
  private count = 0;

  constructor(private readonly paths: RegExp) {}

  *read(piece: string): Generator<JsonValue> {
    // Lines are read one by one, so that an error has its line.
    const lines = piece.split('\n');
    for (const [index, line] of lines.entries()) {
      const isEnded = index < lines.length - 1;
      yield* this.values(this.tokens(isEnded ? `${line}\n` : line));
      if (isEnded) this.line++;
    }
  }

  *end(): Generator<JsonValue> {
    yield* this.values(this.tokens(none));
  }

  private tokens(text: string | typeof none): readonly Token[] {
    let result: unknown;
    try {
      result = this.tokenize(text as string);
    } catch (error) {
      throw new InvalidFile(this.lineOfToken, 'no JSON', error);
    }
    const tokens: readonly Token[] = isMany(result) ? (getManyValues(result) as Token[]) : [];
    this.count += tokens.length;
    if (this.count > MAX_ALL_TOKENS) this.fail('too many values');
    if (tokens.length > 0) this.lineOfToken = this.line;
    this.lengthWithoutToken = tokens.length > 0 ? 0 : this.lengthWithoutToken + String(text).length;
    if (this.lengthWithoutToken > MAX_CELL) this.fail('a string is too long');
    return tokens;
  }

  private *values(tokens: readonly Token[]): Generator<JsonValue> {
    for (const token of tokens) {
      if (this.value) {
        if (!this.value.add(token, this.line)) continue;
        yield this.value.result();
        this.value = null;
      } else {
        const path = this.follow(token);
        if (path === null || path.length > MAX_PATH || !this.paths.test(path)) continue;
        const value = new ValueAssembly(path);
        if (value.add(token, this.line)) yield value.result();
        else {
          this.value = value;
          // The assembly consumes the end of the container.
          this.containers.pop();
        }
      }
    }
  }

  /** Keeps track of the path. @returns the path of the value that a token begins, else null */
  private follow(token: Token): string | null {
    const container = this.containers.at(-1);
    switch (token.name) {
      case 'keyValue':
        if (container) container.key = token.value;
        return null;
      case 'endObject':
      case 'endArray':
        this.containers.pop();
        return null;
      default: {
        const path = container ? joined(container.path, container.key) : '';
        if (token.name === 'startObject' || token.name === 'startArray') {
          if (this.containers.length === MAX_DEPTH) this.fail('values are nested too deeply');
          this.containers.push({ path, key: '#' });
        }
        return path;
      }
    }
  }

  private fail(reason: string): never {
    throw new InvalidFile(this.line, reason);
  }
}

function joined(path: string, key: string): string {
  if (path.length > MAX_PATH) return path;
  return path === '' ? key : `${path}.${key}`;
}

/** A value that is put together from its tokens. */
class ValueAssembly {
  private readonly assembler = new Assembler();
  private tokens = 0;
  private length = 0;

  constructor(private readonly path: string) {}

  /** Adds a token; returns whether the value is complete. */
  add(token: Token, line: number): boolean {
    this.tokens++;
    const length = 'value' in token && typeof token.value === 'string' ? token.value.length : 0;
    this.length += length;
    if (length > MAX_CELL || this.length > MAX_RECORD || this.tokens > MAX_TOKENS) {
      throw new InvalidFile(line, 'a value is too long');
    }
    this.assembler.consume(token);
    if (this.assembler.depth > MAX_DEPTH) throw new InvalidFile(line, 'values are nested too deeply');
    return this.assembler.done;
  }

  result(): JsonValue {
    return { path: this.path, value: this.assembler.current };
  }
}

/** A value as an object, whose fields may be anything; an empty object for other values. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A value as an array; an empty one for other values. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
