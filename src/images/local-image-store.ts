import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { createFolder } from '../durable-files.js';
import {
  allSettledOrThrow,
  ImageStore,
  type OpenedFile,
  type StoredFile,
  withStoreErrors,
} from './image-store.js';

/** The folder of uploads that are not complete yet; no key refers to it. */
const UNFINISHED = '.unfinished';
/**
 * Maximum number of files of an upload that are written at once. A flush holds a thread of libuv's pool, which has four
 * by default: sign-ins hash passwords in the others.
 */
const CONCURRENT_WRITES = 2;
/** Milliseconds after which an unfinished upload counts as abandoned. */
const ABANDONED = 3_600_000;

/** Images on the local disk. */
export class LocalImageStore extends ImageStore {
  readonly handlesFiles = true;

  /** @param root the folder of all files */
  constructor(private readonly root: string) {
    super();
  }

  /**
   * Writes and flushes the files in a temporary folder, then renames the folder: cheaper than one rename per file. The
   * folders are flushed after that, together: a journal writes what was changed before in one go.
   */
  async put(folder: string, files: readonly StoredFile[]): Promise<void> {
    await withStoreErrors(async () => {
      const unfinished = join(this.root, UNFINISHED, randomBytes(12).toString('hex'));
      const place = join(this.root, folder);
      await createFolder(unfinished, 0o700);
      try {
        const limit = pLimit(CONCURRENT_WRITES);
        await allSettledOrThrow(
          files.map(({ name, bytes }) => limit(() => writeSynced(join(unfinished, name), bytes))),
        );
        await moveTo(unfinished, place);
      } catch (error) {
        await rm(unfinished, { recursive: true, force: true });
        throw error;
      }
      for (const changed of [place, ...this.parentsOf(place)]) await syncFolder(changed);
    });
  }

  async open(key: string): Promise<OpenedFile | null> {
    const path = join(this.root, key);
    return withStoreErrors(async () => {
      const found = await stat(path).catch(nullIfMissing);
      if (found === null) return null;
      return {
        size: found.size,
        stream: (start, end) => Promise.resolve(createReadStream(path, { start, end })),
      };
    });
  }

  async keysIn(folder: string): Promise<string[]> {
    const names = await withStoreErrors(() => readdir(join(this.root, folder)).catch(nullIfMissing));
    return (names ?? []).map((name) => folder + name);
  }

  async removeAll(prefix: string): Promise<void> {
    await withStoreErrors(() => removeFolder(join(this.root, prefix)));
  }

  async *keysOlderThan(time: Date): AsyncGenerator<string> {
    yield* this.keysBelow('', time);
  }

  async removeUnfinished(): Promise<void> {
    const folder = join(this.root, UNFINISHED);
    for (const name of await readdir(folder).catch(() => [])) {
      const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > ABANDONED) await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  async check(): Promise<void> {
    await withStoreErrors(() => stat(join(this.root, 'health')).catch(nullIfMissing));
  }

  /** The folders above a place, the nearest first, up to the root. */
  private *parentsOf(place: string): Generator<string> {
    for (let parent = dirname(place); parent.length >= this.root.length; parent = dirname(parent))
      yield parent;
  }

  private async *keysBelow(folder: string, time: Date): AsyncGenerator<string> {
    const entries = await readdir(join(this.root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const key = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (key !== UNFINISHED) yield* this.keysBelow(key, time);
      } else {
        const found = await stat(join(this.root, key)).catch(() => null);
        if (found !== null && found.mtime < time) yield key;
      }
    }
  }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Retries when a concurrent removal has deleted the parent folder between the two steps. */
async function moveTo(folder: string, place: string, attempts = 5): Promise<void> {
  try {
    await createFolder(dirname(place), 0o700);
    await rename(folder, place);
  } catch (error) {
    if (attempts === 1) throw error;
    nullIfMissing(error);
    await moveTo(folder, place, attempts - 1);
  }
}

/** Removes a folder of files without reading the status of each, as `rm` does; `rm` removes all others. */
async function removeFolder(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) await unlink(join(folder, name));
    await rmdir(folder);
  } catch {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A folder that has been removed meanwhile needs no flush. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(nullIfMissing);
  try {
    await handle?.sync();
  } finally {
    await handle?.close();
  }
}

/** Null for the error of a missing file or folder; every other error is thrown. */
function nullIfMissing(error: unknown): null {
  const { code } = error as { code?: string };
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  throw error;
}
