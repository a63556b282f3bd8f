import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../config.js';
import { createDurably, createFolder } from '../durable-files.js';

/** Minimum length in bytes. */
const MIN_LENGTH = 32;

/**
 * The secret in the data folder, created at the first start. Concurrent processes get the same secret.
 *
 * @throws StartError if the file cannot be read or its secret is too short: a new secret would silently end every
 * session
 */
export async function loadOrCreateSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'jwt.secret');
  const stored = await read(path);
  if (stored !== null) return stored;
  await createFolder(dataDir, 0o711);
  await createDurably(path, randomBytes(32).toString('hex'));
  return (await read(path)) ?? '';
}

async function read(path: string): Promise<string | null> {
  const secret = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new StartError(`${path} cannot be read (${error.code})`, { cause: error });
  });
  if (secret !== null && secret.trim().length < MIN_LENGTH)
    throw new StartError(
      `${path} holds no secret of ${MIN_LENGTH} bytes: restore it, or delete it, which signs everybody out`,
    );
  return secret;
}
