import sax from 'sax';
import { MAX_CELL, MAX_ROWS } from '../files/limits.js';
import { InvalidFile } from '../import-failures.js';
import { XmlRepair } from './xml-repair.js';

/** An element of the second level, with the text of its children. */
export interface XmlRecord {
  /** In lower case, like the names of the fields. */
  readonly name: string;
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
}

/** Elements inside each other; the documents have three. */
const MAX_DEPTH = 16;

/** Attributes of an element, and elements of a record. */
const MAX_FIELDS = 1_000;

/** Elements of a document. A series in a list of MyAnimeList has 25. */
const MAX_ELEMENTS = 60 * MAX_ROWS;

/**
 * Splits an XML document of the shape root > record > field. Document types are refused, so that there are no entities
 * but the five of XML. Unescaped ampersands are accepted.
 *
 * @param names names of the records that are needed; others are skipped
 * @param onRoot called with the name of the root
 * @throws InvalidFile
 */
export async function* xmlRecords(
  text: AsyncIterable<string>,
  names: ReadonlySet<string>,
  onRoot: (name: string) => void,
): AsyncGenerator<XmlRecord> {
  const repair = new XmlRepair();
  const reader = new RecordReader(names, onRoot);
  for await (const piece of text) yield* reader.read(repair.write(piece));
  yield* reader.read(repair.end());
  yield* reader.end();
}

class RecordReader {
  private readonly parser = new sax.SAXParser(true, {});
  private depth = 0;
  private record: { name: string; line: number; fields: Map<string, string> } | null = null;
  private field: string | null = null;
  private parts: string[] = [];
  private length = 0;
  private attributes = 0;
  private elements = 0;
  private elementsOfRecord = 0;
  private done: XmlRecord[] = [];

  constructor(
    private readonly names: ReadonlySet<string>,
    private readonly onRoot: (name: string) => void,
  ) {
    Object.assign(this.parser, {
      onerror: (error: Error) => this.fail(error.message),
      ondoctype: () => this.fail('document type'),
      onsgmldeclaration: () => this.fail('declaration'),
      onattribute: () => this.countAttribute(),
      onopentag: ({ name }: sax.Tag) => this.open(localName(name)),
      onclosetag: () => this.close(),
      ontext: (text: string) => this.add(text),
      oncdata: (text: string) => this.add(text),
    });
  }

  /** The records that end in a piece of text. */
  read(text: string): XmlRecord[] {
    this.parser.write(text);
    return this.take();
  }

  end(): XmlRecord[] {
    this.parser.close();
    return this.take();
  }

  private take(): XmlRecord[] {
    const records = this.done;
    this.done = [];
    return records;
  }

  private open(name: string): void {
    this.attributes = 0;
    this.depth++;
    if (this.depth > MAX_DEPTH) this.fail('elements are nested too deeply');
    this.elements++;
    this.elementsOfRecord = this.depth <= 2 ? 0 : this.elementsOfRecord + 1;
    if (this.elements > MAX_ELEMENTS || this.elementsOfRecord > MAX_FIELDS) this.fail('too many elements');
    if (this.depth === 1) this.onRoot(name);
    else if (this.depth === 2) {
      this.record = this.names.has(name) ? { name, line: this.line, fields: new Map() } : null;
    }
    if (this.depth === 3 && this.record) this.field = name;
  }

  private close(): void {
    if (this.depth === 3) this.closeField();
    if (this.depth === 2 && this.record) this.done.push(this.record);
    this.depth--;
  }

  private closeField(): void {
    const { record, field } = this;
    if (!record || field === null) return;
    record.fields.set(field, this.parts.join('').trim());
    this.field = null;
    this.parts = [];
    this.length = 0;
  }

  private add(text: string): void {
    if (this.field === null) return;
    this.length += text.length;
    if (this.length > MAX_CELL) this.fail('an element is too long');
    this.parts.push(text);
  }

  private countAttribute(): void {
    this.attributes++;
    if (this.attributes > MAX_FIELDS) this.fail('too many attributes');
  }

  private get line(): number {
    return this.parser.line + 1;
  }

  private fail(reason: string): never {
    throw new InvalidFile(this.line, reason);
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}
