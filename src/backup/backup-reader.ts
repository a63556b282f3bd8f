import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { StartError } from '../config.js';
import { unknownMigration } from '../database/known-migrations.js';
import { PROJECT_VERSION } from '../project-folder.js';
import { type BackupHeader, FORMAT, HEADER_FILE, type Progress } from './backup-content.js';
import { TRAILER_BYTES, trailer } from './checksum.js';

/** Bytes that contain the name of the first file. */
const NAME_BYTES = 512;
/** Bytes that are read at once. */
const CHUNK = 256 * 1024;
const MAX_JSON = 16 * 1024 * 1024;

/** A file of a backup. Its content must be read before the next one. */
export interface BackupEntry {
  readonly name: string;
  /** The checksum of a picture's file. */
  readonly sha256: string | undefined;
  readonly content: AsyncIterable<Buffer>;
}

/** Reads a backup. The file stays open, so that what was verified is what is restored. */
export class BackupReader {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly size: number,
    readonly header: BackupHeader,
  ) {}

  /**
   * Opens a backup and verifies all of it.
   *
   * @throws StartError if the file cannot be read, is no backup, is damaged or incomplete, or has a later version
   */
  static async open(path: string, progress: Progress): Promise<BackupReader> {
    const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      throw new StartError(`${path} cannot be read (${error.code ?? error.message})`);
    });
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw new StartError(`${path} is not a file; a backup is read twice`);
      const header = await readHeader(path, file, stat.size);
      const reader = new BackupReader(path, file, stat.size, header);
      requireFormat(path, header);
      await reader.verify(progress);
      requireKnown(path, header);
      return reader;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** All files after the header, in their order. */
  async *entries(progress: Progress): AsyncGenerator<BackupEntry> {
    const archive = extract();
    const source = Readable.from(this.read(progress));
    source.on('error', (error) => archive.destroy(error));
    source.pipe(archive);
    progress.begin('restoring', this.size);
    for await (const entry of archive) {
      const { name, pax } = entry.header as Header & { pax?: Record<string, string> };
      if (name === HEADER_FILE) await textOf(entry as AsyncIterable<Buffer>);
      else yield { name, sha256: pax?.['TANKOBON.sha256'], content: entry as AsyncIterable<Buffer> };
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private async verify(progress: Progress): Promise<void> {
    progress.begin('verifying', this.size);
    const hash = createHash('sha256');
    for await (const chunk of this.read(progress)) hash.update(chunk);
    const stored = Buffer.alloc(TRAILER_BYTES);
    await this.file.read(stored, 0, TRAILER_BYTES, this.size - TRAILER_BYTES);
    if (!stored.equals(trailer(hash.digest('hex')))) throw damaged(this.path);
  }

  /** The archive without its trailer. */
  private async *read(progress: Progress): AsyncGenerator<Buffer> {
    for await (const chunk of bytesUntil(this.file, this.size - TRAILER_BYTES)) {
      progress.add(chunk.length);
      yield chunk;
    }
  }
}

/** The bytes of a file up to a position. The read stream of a file handle would close it. */
async function* bytesUntil(file: FileHandle, end: number): AsyncGenerator<Buffer> {
  for (let position = 0; position < end;) {
    const length = Math.min(CHUNK, end - position);
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function damaged(path: string): StartError {
  return new StartError(`${path} is damaged or incomplete: its checksum is wrong; nothing was changed`);
}

async function readHeader(path: string, file: FileHandle, size: number): Promise<BackupHeader> {
  const start = Buffer.alloc(NAME_BYTES);
  await file.read(start, 0, NAME_BYTES, 0);
  if (start.toString('latin1', 0, start.indexOf(0)) !== HEADER_FILE)
    throw new StartError(`${path} is not a backup of Tankobon`);
  if (size <= NAME_BYTES + TRAILER_BYTES) throw damaged(path);
  const archive = extract();
  const source = Readable.from(bytesUntil(file, size - TRAILER_BYTES));
  source.on('error', (error) => archive.destroy(error));
  source.pipe(archive);
  try {
    for await (const entry of archive)
      return JSON.parse(await textOf(entry as AsyncIterable<Buffer>)) as BackupHeader;
  } catch {
    // A damaged header is no JSON, or no header of an archive.
  } finally {
    source.destroy();
    archive.destroy();
  }
  throw damaged(path);
}

function requireFormat(path: string, { format, version }: BackupHeader): void {
  if (format > FORMAT) throw later(path, version);
}

function requireKnown(path: string, { migrations, version }: BackupHeader): void {
  if (unknownMigration(migrations) !== undefined) throw later(path, version);
}

function later(path: string, version: string): StartError {
  return new StartError(
    `${path} is a backup of version ${version}, later than this one (${PROJECT_VERSION}); restore it with that version or a later one`,
  );
}

/** The content of a small file of a backup. */
export async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  return (await bytesOf(content, MAX_JSON)).toString();
}

export async function bytesOf(content: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limit) throw new Error('A file of the backup is larger than any that is written');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
