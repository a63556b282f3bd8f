import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Injectable } from '@nestjs/common';
import { Disk, errors } from 'flydrive';
import { FSDriver } from 'flydrive/drivers/fs';
import { S3Driver } from 'flydrive/drivers/s3';
import { Config, type S3Settings } from '../config.js';
import { serviceUnavailable } from '../http/app-error.js';
import { noFileUploads } from './images.errors.js';

/** A file to be kept in a folder, such as `20x20.webp`. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly type: string;
}

/** A kept file, as it is served. */
export interface OpenedFile {
  readonly size: number;
  /** The bytes from `start` to `end`, both included. */
  stream(start: number, end: number): Promise<Readable>;
}

/** Milliseconds that an S3 server has to answer, each of the times that it is asked. */
const S3_TIMEOUT = 5_000;
const S3_ATTEMPTS = 2;
const RETRY_AFTER = 5;
/** Where files lie that are not whole yet; never named by a key. */
const UNFINISHED = '.unfinished';

/**
 * Keeps images, on the local disk or in an S3 bucket. A file that `put` has answered for survives a power cut; one
 * that it has not answered for is never seen half.
 */
@Injectable()
export class ImageStore {
  private readonly disk: Disk | null;
  private readonly root: string;
  private readonly bucket: { client: S3Client; name: string } | null;

  constructor(config: Config) {
    this.root = join(config.dataDir, 'images');
    this.bucket = config.s3 === null ? null : { client: createClient(config.s3), name: config.s3.bucket };
    this.disk = config.storageDriver === 'none' ? null : this.createDisk();
  }

  /** Whether this node handles files at all. */
  get handlesFiles(): boolean {
    return this.disk !== null;
  }

  /** @throws noFileUploads on a node that is configured not to handle files */
  requireFiles(): void {
    if (this.disk === null) throw noFileUploads();
  }

  /**
   * Keeps all files of a new folder such as `avatars/7/3f2a/`, or fails; what was kept until then is removed by
   * whoever sweeps.
   */
  async put(folder: string, files: readonly StoredFile[]): Promise<void> {
    const disk = this.requireDisk();
    await answering(async () => {
      if (this.bucket === null) return this.putLocally(folder, files);
      return together(
        files.map(({ name, bytes, type }) => disk.put(folder + name, bytes, { contentType: type })),
      );
    });
  }

  /** Opens a file; null when there is none. */
  async open(key: string): Promise<OpenedFile | null> {
    const disk = this.requireDisk();
    return answering(async () => {
      const size = await disk.getMetaData(key).then(
        ({ contentLength }) => contentLength,
        (error: unknown) => orMissing(error),
      );
      if (size === null) return null;
      return { size, stream: (start, end) => answering(() => this.read(key, start, end)) };
    });
  }

  /** Removes every file whose key begins with the prefix, which ends with a slash. Nothing to remove is no error. */
  async removeAll(prefix: string): Promise<void> {
    const disk = this.requireDisk();
    await answering(() => disk.deleteAll(prefix));
  }

  /** The keys of all files that were kept before a time, in no order. */
  async *keysOlderThan(time: Date): AsyncGenerator<string> {
    this.requireFiles();
    if (this.bucket === null) return yield* this.localKeys('', time);
    const { client, name } = this.bucket;
    let token: string | undefined;
    do {
      const list = new ListObjectsV2Command({ Bucket: name, ContinuationToken: token });
      const page = await answering(() => client.send(list));
      for (const { Key, LastModified } of page.Contents ?? []) {
        if (Key !== undefined && LastModified !== undefined && LastModified < time) yield Key;
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Removes uploads that were never finished, of processes that were killed. */
  async removeUnfinished(): Promise<void> {
    if (this.disk === null || this.bucket !== null) return;
    const folder = join(this.root, UNFINISHED);
    for (const name of await readdir(folder).catch(() => [])) {
      const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > 3_600_000) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  /** @throws serviceUnavailable when the store does not answer */
  async check(): Promise<void> {
    if (this.disk === null) return;
    const disk = this.disk;
    await answering(() => disk.exists('health'));
  }

  private requireDisk(): Disk {
    this.requireFiles();
    return this.disk as Disk;
  }

  private createDisk(): Disk {
    if (this.bucket === null) return new Disk(new FSDriver({ location: this.root, visibility: 'private' }));
    const { client, name } = this.bucket;
    return new Disk(new S3Driver({ client, bucket: name, visibility: 'private', supportsACL: false }));
  }

  /** Written beside its place and flushed, then moved there as a whole: cheaper than file by file, too. */
  private async putLocally(folder: string, files: readonly StoredFile[]): Promise<void> {
    const place = join(this.root, folder);
    const unfinished = join(this.root, UNFINISHED, randomBytes(12).toString('hex'));
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    try {
      await together(files.map(({ name, bytes }) => writeFlushed(join(unfinished, name), bytes)));
      await flushFolder(unfinished);
      await moveTo(unfinished, place);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw error;
    }
    for (let on = dirname(folder); on !== '.'; on = dirname(on))
      await flushFolder(join(this.root, dirname(on)));
  }

  private async read(key: string, start: number, end: number): Promise<Readable> {
    if (this.bucket === null) return createReadStream(join(this.root, key), { start, end });
    const { client, name } = this.bucket;
    const { Body } = await client.send(
      new GetObjectCommand({ Bucket: name, Key: key, Range: `bytes=${start}-${end}` }),
    );
    return Body as Readable;
  }

  private async *localKeys(folder: string, time: Date): AsyncGenerator<string> {
    const entries = await readdir(join(this.root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (key !== UNFINISHED) yield* this.localKeys(key, time);
      } else {
        const found = await stat(join(this.root, key)).catch(() => null);
        if (found !== null && found.mtime < time) yield key;
      }
    }
  }
}

function createClient({ region, pathStyle, endpoint, credentials }: S3Settings): S3Client {
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    maxAttempts: S3_ATTEMPTS,
    requestHandler: {
      requestTimeout: S3_TIMEOUT,
      // Without it, a server that stays silent is only warned of.
      throwOnRequestTimeout: true,
      connectionTimeout: 3_000,
    },
    // Checksums beyond what S3 itself asks for are unknown to many servers that speak its protocol.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentials === null ? {} : { credentials }),
  });
}

async function writeFlushed(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removal takes away folders that it finds empty: between the two steps, too. */
async function moveTo(folder: string, place: string, attempts = 5): Promise<void> {
  try {
    await mkdir(dirname(place), { recursive: true, mode: 0o700 });
    await rename(folder, place);
  } catch (error) {
    if (attempts === 1) throw error;
    orMissing(error);
    await moveTo(folder, place, attempts - 1);
  }
}

/** Fails when one has failed, but not before all have ended: nothing may be written after its removal. */
async function together(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected');
  if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A missing file is null; every other failure is the store's. */
function orMissing(error: unknown): null {
  const { name, code, cause } = error as {
    name?: string;
    code?: string;
    cause?: { name?: string; code?: string };
  };
  const signs = [name, code, cause?.name, cause?.code];
  if (
    signs.some(
      (sign) => sign === 'ENOENT' || sign === 'NotFound' || sign === 'NoSuchKey' || sign === 'ENOTDIR',
    )
  ) {
    return null;
  }
  throw error;
}

/** A store that does not answer is a 503, whatever its library throws; a full disk stays one. */
async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const cause = error instanceof errors.E_CANNOT_WRITE_FILE ? error.cause : error;
    if ((cause as { code?: string }).code === 'ENOSPC') throw cause;
    throw serviceUnavailable({ cause: error, retryAfter: RETRY_AFTER });
  }
}
