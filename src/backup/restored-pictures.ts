import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { StartError } from '../config.js';
import type { ImageStore, StoredFile } from '../images/image-store.js';
import { bytesOf } from './backup-reader.js';
import { MAX_FILE } from './pictures.js';

/** Number of pictures that are stored at the same time. */
const CONCURRENCY = 4;
const TYPES: Readonly<Record<string, string>> = {
  webp: 'image/webp',
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
};
/** As the keys of avatars and photos are made. */
const KEY = /^((?:avatars\/\d+|photos)\/[A-Za-z0-9_-]+\/)([A-Za-z0-9]+\.(webp|png|jpg|gif))$/;

/** Stores the pictures of a backup. The files of one picture follow each other. */
export class RestoredPictures {
  private readonly sums = { files: 0, bytes: 0 };
  private readonly limit = pLimit(CONCURRENCY);
  private readonly running = new Set<Promise<void>>();
  private folder = '';
  private files: StoredFile[] = [];

  constructor(private readonly store: ImageStore) {}

  async add(key: string, content: AsyncIterable<Buffer>, sha256: string | undefined): Promise<void> {
    if (!this.store.handlesFiles)
      throw new StartError('The backup has pictures; set STORAGE_DRIVER to local or s3 to restore it');
    const [, folder = '', name = '', extension = ''] = KEY.exec(key) ?? [];
    if (folder === '') throw new Error(`The backup has a file of an unknown picture ${key}`);
    const bytes = await bytesOf(content, MAX_FILE);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`The picture ${key} is not that of the backup`);
    if (folder !== this.folder) await this.flush();
    this.folder = folder;
    this.files.push({ name, bytes, type: TYPES[extension] ?? '' });
    this.sums.files++;
    this.sums.bytes += bytes.length;
  }

  /** Waits until all pictures are stored. */
  async end(): Promise<{ files: number; bytes: number }> {
    await this.flush();
    await Promise.all(this.running);
    return this.sums;
  }

  private async flush(): Promise<void> {
    const { folder, files } = this;
    this.files = [];
    if (files.length === 0) return;
    const stored = this.limit(async () => {
      // An attempt that ended early may have stored some of them.
      await this.store.removeAll(folder);
      await this.store.put(folder, files);
    }).finally(() => this.running.delete(stored));
    stored.catch(() => undefined);
    this.running.add(stored);
    // Waiting pictures would fill the memory.
    if (this.running.size > CONCURRENCY) await Promise.race(this.running);
  }
}
