import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Writable } from 'node:stream';
import { callbackify } from 'node:util';

/**
 * Creates a file atomically and durably (fsync), readable by its owner only. An existing file is left unchanged. A
 * killed process or a power failure leaves no partial file.
 */
export async function createDurably(path: string, text: string): Promise<void> {
  const fresh = await writeBeside(path, (file) => file.writeFile(text));
  // Creating a link is atomic, and fails if another process has created the file.
  await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(fresh, { force: true });
  await syncFolder(dirname(path));
}

/**
 * Creates a large file atomically and durably, readable by its owner only. If `write` fails, there is no file; a killed
 * process leaves an incomplete one whose name is longer.
 *
 * @throws EEXIST if there is a file of that name when the new one is complete
 */
export async function writeDurably(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const fresh = await writeBeside(path, write);
  try {
    await link(fresh, path);
    await rm(fresh);
  } catch (error) {
    // Not every file system has hard links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rename(fresh, path);
    else {
      await rm(fresh, { force: true });
      throw error;
    }
  }
  await syncFolder(dirname(path));
}

const append = callbackify((file: FileHandle, chunk: Buffer) => file.writeFile(chunk));

/** A stream that appends to an open file, and leaves it open. The write stream of a file handle ends with the file. */
export function appendTo(file: FileHandle): Writable {
  return new Writable({
    highWaterMark: 1024 * 1024,
    write: (chunk: Buffer, _encoding, next) => append(file, chunk, next),
  });
}

/** Writes a file of a name that begins with `path`. @returns its path */
async function writeBeside(path: string, write: (file: FileHandle) => Promise<void>): Promise<string> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await write(file);
    await file.sync();
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return fresh;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Creates a folder and its missing parents. Node's recursive `mkdir` never returns where the file system answers
 * ENOENT, as below `/proc`.
 */
export async function createFolder(path: string, mode: number): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory()) return;
  if (dirname(path) !== path) await createFolder(dirname(path), mode);
  await mkdir(path, { mode }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}
