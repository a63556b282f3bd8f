import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageStore } from '../images/image-store.js';
import type { BackupWriter } from './backup-writer.js';
import type { PictureSums, Progress } from './backup-content.js';
import { bytesOf } from './backup-reader.js';

/** Number of pictures that are read at the same time, so that a distant bucket does not cost a round trip for each. */
const CONCURRENCY = 8;
/** A file of a picture is smaller than this many bytes, since an upload is. */
export const MAX_FILE = 64 * 1024 * 1024;

/** The folders of all pictures that rows refer to, in one text column: see `folderOf` of avatars and of photos. */
export const FOLDERS = {
  avatars: `select 'avatars/' || id || '/' || hash || '/' from avatars where hash is not null`,
  photos: `select 'photos/' || token || '/' from photos`,
};

/**
 * The folders of pictures in a temporary file, so that the snapshot of the database ends before pictures are read. The
 * file has no name: the operating system removes it with the process.
 */
export class PictureFolders {
  /** Number of folders. */
  count = 0;

  private constructor(private readonly file: FileHandle) {}

  static async create(): Promise<PictureFolders> {
    const path = join(tmpdir(), `tankobon-${randomBytes(12).toString('hex')}`);
    const file = await open(path, 'wx+', 0o600);
    await rm(path);
    return new PictureFolders(file);
  }

  /** Appends folders, a line for each. */
  async append(lines: Readable): Promise<void> {
    await pipeline(lines, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) {
        this.count += chunk.toString('latin1').split('\n').length - 1;
        await this.file.appendFile(chunk);
      }
    });
  }

  async *all(): AsyncGenerator<string> {
    yield* this.file.readLines({ start: 0, autoClose: false });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** A file of a picture. */
interface PictureFile {
  readonly key: string;
  readonly bytes: Buffer;
}

/** Writes the files of all pictures. A picture without files is counted: a lost file must not prevent backups. */
export async function writePictures(
  folders: PictureFolders,
  store: ImageStore,
  writer: BackupWriter,
  progress: Progress,
): Promise<PictureSums> {
  const sums = { pictures: 0, files: 0, bytes: 0, missing: 0 };
  progress.begin('pictures', folders.count);
  for await (const files of ahead(folders.all(), (folder) => readPicture(store, folder))) {
    if (files.length === 0) sums.missing++;
    else sums.pictures++;
    for (const { key, bytes } of files) {
      await writer.picture(key, bytes);
      sums.files++;
      sums.bytes += bytes.length;
    }
    progress.add(1);
  }
  return sums;
}

async function readPicture(store: ImageStore, folder: string): Promise<PictureFile[]> {
  const files: PictureFile[] = [];
  for (const key of (await store.keysIn(folder)).toSorted()) {
    const file = await store.open(key);
    if (file === null || file.size === 0) continue;
    files.push({ key, bytes: await bytesOf(await file.stream(0, file.size - 1), MAX_FILE) });
  }
  return files;
}

/** The results of `work` in the order of `source`; `CONCURRENCY` of them are worked on at the same time. */
async function* ahead<T, R>(source: AsyncIterable<T>, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  for await (const item of source) {
    const result = work(item);
    // The failure is that of the result when its turn comes.
    result.catch(() => undefined);
    started.push(result);
    if (started.length === CONCURRENCY) yield await (started.shift() as Promise<R>);
  }
  for (const result of started) yield await result;
}
