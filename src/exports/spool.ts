import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createFolder } from '../durable-files.js';

/** Characters that are collected before they are written. */
const CHUNK = 64 * 1024;

/** A part of the spool: the texts that were written between its offsets in bytes. */
export interface Part {
  readonly start: number;
  readonly end: number;
  /** Number of texts. */
  readonly count: number;
}

/**
 * A temporary file between the database and the client, so that a slow client does not keep a transaction open. The
 * file has no name: the operating system removes it when it is closed, also when the process is killed.
 */
export class Spool {
  private pending = '';
  private size = 0;

  private constructor(private readonly file: FileHandle) {}

  /** @param folder the folder of the file, created if it is missing */
  static async create(folder: string): Promise<Spool> {
    await createFolder(folder, 0o700);
    const path = join(folder, randomBytes(12).toString('hex'));
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return new Spool(file);
  }

  /** Appends texts. @throws the reason of `signal` as soon as it is aborted */
  async append(texts: AsyncIterable<string> | Iterable<string>, signal: AbortSignal): Promise<Part> {
    const start = this.size;
    let count = 0;
    for await (const text of texts) {
      signal.throwIfAborted();
      this.pending += text;
      count++;
      if (this.pending.length >= CHUNK) await this.flush();
    }
    await this.flush();
    return { start, end: this.size, count };
  }

  read({ start, end }: Part): Readable {
    if (start === end) return Readable.from([]);
    return this.file.createReadStream({ start, end: end - 1, autoClose: false });
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async flush(): Promise<void> {
    const bytes = Buffer.from(this.pending);
    this.pending = '';
    // `writeFile` of a handle writes at its position, and writes all bytes.
    await this.file.writeFile(bytes);
    this.size += bytes.length;
  }
}
