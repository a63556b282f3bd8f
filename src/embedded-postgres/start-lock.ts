import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../config.js';
import { identityOf, isAlive } from './process-table.js';

/**
 * Runs `work` while holding a lock file, so that two processes do not start the same server at once. The lock file of a
 * process that was killed is removed.
 *
 * @throws StartError if another process holds the lock for a minute
 */
export async function withStartLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const end = Date.now() + 60_000;
  while (!(await tryLock(path))) {
    if (await isAbandoned(path)) await rm(path, { force: true });
    else if (Date.now() > end) throw new StartError(`Another process has held ${path} for a minute`);
    else await sleep(30);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function tryLock(path: string): Promise<boolean> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return null;
    throw error;
  });
  if (file === null) return false;
  await file.writeFile(await identityOf(process.pid));
  await file.close();
  return true;
}

async function isAbandoned(path: string): Promise<boolean> {
  const holder = await readFile(path, 'utf8').catch(() => null);
  if (holder === null) return false;
  const pid = Number.parseInt(holder, 10);
  // An empty file: its process has not written its identity yet, or was killed before that.
  if (Number.isNaN(pid)) {
    await sleep(500);
    return (await readFile(path, 'utf8').catch(() => null)) === '';
  }
  return !isAlive(pid) || (await identityOf(pid)) !== holder;
}
