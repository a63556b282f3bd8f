import { createHash } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { type PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A file of an archive, as its manifest describes it. */
export interface Member {
  readonly name: string;
  /** Number of lines; null for a file that is not JSON Lines. */
  readonly lines: number | null;
  readonly bytes: number;
  readonly sha256: string;
}

interface MemberOptions {
  readonly lines?: number;
  /** False for pictures, which are compressed already. */
  readonly compress?: boolean;
}

/** A zip archive that is written while a client reads it. */
export class Archive {
  /** The bytes of the archive. */
  readonly output: PassThrough;
  /** The members that have been written. */
  readonly members: Member[] = [];
  private readonly zip = new ZipFile();
  private readonly time = new Date();

  /** @param signal ends the archive before its end, so that it is incomplete */
  constructor(private readonly signal: AbortSignal) {
    this.output = this.zip.outputStream as PassThrough;
    (this.zip as unknown as EventEmitter).on('error', (error: Error) => this.output.destroy(error));
  }

  /** Writes a member; returns when the client has taken all of it but a few buffers. */
  async add(name: string, content: Readable, { lines, compress = true }: MemberOptions = {}): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    const measured = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        hash.update(chunk);
        bytes += chunk.length;
        next(null, chunk);
      },
    });
    this.zip.addReadStream(measured, name, { compress, mtime: this.time, mode: 0o100_644 });
    await pipeline(content, measured, { signal: this.signal });
    this.members.push({ name, lines: lines ?? null, bytes, sha256: hash.digest('hex') });
  }

  async addText(name: string, text: string): Promise<void> {
    await this.add(name, Readable.from([Buffer.from(text)]));
  }

  /** Ends a complete archive. */
  end(): void {
    this.zip.end();
  }
}
