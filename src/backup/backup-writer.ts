import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import {
  type BackupHeader,
  type BackupManifest,
  HEADER_FILE,
  MANIFEST_FILE,
  PICTURES_FOLDER,
  TABLES_FOLDER,
  type TableSum,
} from './backup-content.js';
import { AppendTrailer } from './checksum.js';

/** Bytes of a table's text in one file of the archive, before they are compressed. */
const PART = 1024 * 1024;
const NEW_LINE = 10;

const compress = promisify(gzip);

/** Writes a backup: a tar archive and a block with its checksum. Memory use does not depend on its size. */
export class BackupWriter {
  private readonly archive: Pack = pack();
  private readonly trailer = new AppendTrailer();
  private readonly aborting = new AbortController();
  private readonly written: Promise<void>;
  private readonly time = new Date();
  /** Fails the entry that is being added. */
  private fail: (error: Error) => void = () => undefined;

  /** @param signal ends the backup early */
  constructor(target: Writable, signal: AbortSignal) {
    this.written = pipeline(this.archive as unknown as Readable, this.trailer, target, {
      signal: AbortSignal.any([signal, this.aborting.signal]),
    });
    // A target that fails ends no entry that waits for it. `end` reports the failure as well.
    this.written.catch((error: Error) => this.fail(error));
  }

  /** Number of bytes that were written. */
  get bytes(): number {
    return this.trailer.bytes;
  }

  async header(header: BackupHeader): Promise<void> {
    await this.add(HEADER_FILE, asJson(header));
  }

  /** Writes the rows of a table: the text format of COPY, cut into compressed parts at any byte. */
  async table(name: string, rows: AsyncIterable<Buffer>): Promise<TableSum> {
    const hash = createHash('sha256');
    const sum = { rows: 0, bytes: 0 };
    let pending: Buffer[] = [];
    let size = 0;
    let parts = 0;
    const flush = async () => {
      const part = await compress(Buffer.concat(pending));
      await this.add(`${TABLES_FOLDER}${name}/${String(++parts).padStart(6, '0')}.gz`, part);
      pending = [];
      size = 0;
    };
    for await (const chunk of rows) {
      hash.update(chunk);
      sum.rows += countLines(chunk);
      sum.bytes += chunk.length;
      pending.push(chunk);
      size += chunk.length;
      if (size >= PART) await flush();
    }
    if (size > 0) await flush();
    return { ...sum, sha256: hash.digest('hex') };
  }

  /** Writes a file of a picture, with its checksum. */
  async picture(key: string, bytes: Buffer): Promise<void> {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await this.add(PICTURES_FOLDER + key, bytes, { 'TANKOBON.sha256': sha256 });
  }

  /** Ends a complete backup. Returns when the target has taken all of it. */
  async end(manifest: BackupManifest): Promise<void> {
    await this.add(MANIFEST_FILE, asJson(manifest));
    this.archive.finalize();
    await this.written;
  }

  /** Ends an incomplete backup. */
  async abort(): Promise<void> {
    this.aborting.abort();
    this.archive.destroy();
    await this.written.catch(() => undefined);
  }

  private async add(name: string, bytes: Buffer, pax?: Record<string, string>): Promise<void> {
    const header = { name, mode: 0o600, mtime: this.time, size: bytes.length, ...(pax && { pax }) };
    await new Promise<void>((resolve, reject) => {
      this.fail = reject;
      this.archive.entry(header, bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function asJson(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
}

/** Rows of COPY's text format end with a line feed, which their values never contain. */
function countLines(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(NEW_LINE); at !== -1; at = chunk.indexOf(NEW_LINE, at + 1)) lines++;
  return lines;
}
