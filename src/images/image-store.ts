import type { Readable } from 'node:stream';
import { serviceUnavailable } from '../http/app-error.js';
import { noFileUploads } from './images.errors.js';

/** A file to be stored in a folder, such as `20x20.webp`. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** A stored file that is open for reading. */
export interface OpenedFile {
  readonly size: number;
  /** The bytes from `start` to `end`, both included. */
  stream(start: number, end: number): Promise<Readable>;
}

/**
 * Where images are stored: on the local disk, in an S3 bucket, or nowhere. After `put` has returned, its files
 * survive a power loss; before, no partial file is visible. `put`, `open`, `removeAll` and `check` throw
 * serviceUnavailable when the store does not respond; `put` throws ENOSPC for a full disk.
 */
export abstract class ImageStore {
  /** Whether this node handles files. */
  abstract readonly handlesFiles: boolean;

  /** @throws noFileUploads on a node that is configured not to handle files */
  requireFiles(): void {
    if (!this.handlesFiles) throw noFileUploads();
  }

  /**
   * Stores all files of a new folder such as `avatars/7/3f2a/`, or fails; files stored before a failure are removed by
   * the sweeper.
   */
  abstract put(folder: string, files: readonly StoredFile[]): Promise<void>;

  /** Opens a file; null when there is none. */
  abstract open(key: string): Promise<OpenedFile | null>;

  /** The keys of the files of one folder, such as `avatars/7/3f2a/`; none if it does not exist. */
  abstract keysIn(folder: string): Promise<string[]>;

  /** Removes every file whose key begins with the prefix, which ends with a slash. Idempotent. */
  abstract removeAll(prefix: string): Promise<void>;

  /** The keys of all files that were stored before a time, in no particular order. */
  abstract keysOlderThan(time: Date): AsyncGenerator<string>;

  /** Removes the unfinished uploads of killed processes. */
  abstract removeUnfinished(): Promise<void>;

  abstract check(): Promise<void>;
}

/** `Retry-After` in seconds when the store fails. */
const RETRY_AFTER = 5;

/** Turns a failure of the store into serviceUnavailable, except a full disk, which has an error of its own. */
export async function withStoreErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') throw error;
    throw serviceUnavailable({ cause: error, retryAfter: RETRY_AFTER });
  }
}

/**
 * Waits until all promises have settled, then throws the first failure. Otherwise a write that still runs could
 * create a file after its removal.
 */
export async function allSettledOrThrow(promises: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(promises)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
