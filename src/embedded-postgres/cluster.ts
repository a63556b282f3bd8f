import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../config.js';
import { createDurably } from '../durable-files.js';
import { POSTGRES_MAJOR, type PostgresBinaries } from './binaries.js';
import { assignTo, type ServerAccount, spawnAs } from './server-account.js';

/** Creates the cluster by `initdb` unless it exists. @returns the password of its superuser */
export async function createCluster(
  dataDir: string,
  cluster: string,
  account: ServerAccount,
  binaries: PostgresBinaries,
): Promise<string> {
  const passwordFile = join(dataDir, 'postgres.password');
  if (await stat(cluster).catch(() => null)) {
    return storedPassword(passwordFile);
  }
  const password = randomBytes(24).toString('hex');
  await rm(passwordFile, { force: true });
  await createDurably(passwordFile, password);
  // Created under a temporary name and renamed, so that an interrupted start leaves no incomplete cluster.
  const fresh = `${cluster}.new`;
  const freshPassword = `${passwordFile}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(freshPassword, password, { mode: 0o600 });
  await assignTo(account, fresh);
  await assignTo(account, freshPassword);
  const args = [
    '-D',
    fresh,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '-A',
    'scram-sha-256',
    '--pwfile',
    freshPassword,
    '-c',
    'dynamic_shared_memory_type=mmap',
  ];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const child = spawnAs(account, binaries.initdb, [...args, ...locale], ['ignore', 'ignore', 'pipe']);
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  await rm(freshPassword, { force: true });
  if (status !== 0) {
    await rm(fresh, { recursive: true, force: true });
    throw new StartError(`The embedded database could not be created: ${initdbFailure(stderr, status)}`);
  }
  await rename(fresh, cluster);
  return password;
}

/** The cause of a failure of `initdb`, in one line. */
function initdbFailure(stderr: string, status: unknown): string {
  if (/could not look up effective user ID/.test(stderr)) {
    return `the user id ${process.getuid?.()} has no entry in /etc/passwd, which PostgreSQL needs; add one, run as another user, or set DATABASE_URL`;
  }
  const lines = stderr.trim().split('\n');
  const line = lines.find((text) => /error:|FATAL|PANIC|No space left/.test(text)) ?? lines.at(-1) ?? '';
  return line.replace(/^.*?(?:error|FATAL|PANIC):\s*/, '') || `initdb ended with ${String(status)}`;
}

/** @throws StartError if the file cannot be read: no other password opens the cluster */
async function storedPassword(path: string): Promise<string> {
  const password = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new StartError(
      `${path}, the password of the embedded database, cannot be read (${error.code}); restore it`,
      {
        cause: error,
      },
    );
  });
  if (password.trim() === '')
    throw new StartError(`${path}, the password of the embedded database, is empty; restore it`);
  return password.trim();
}

/** Checks owner and version of the data folder before anything is written. */
export async function assertUsableDataFolder(dataDir: string, cluster: string): Promise<void> {
  const folder = await stat(dataDir).catch(() => null);
  if (folder === null) return;
  if (!folder.isDirectory()) throw new StartError(`DATA_DIR ${dataDir} is not a folder`);
  const self = process.getuid?.() ?? folder.uid;
  if (folder.uid !== self && self !== 0) {
    throw new StartError(`DATA_DIR ${dataDir} belongs to another user (uid ${folder.uid})`);
  }
  if ((await stat(cluster).catch(() => null)) === null) return;
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => 'unknown')).trim();
  if (version !== POSTGRES_MAJOR) {
    throw new StartError(
      `${cluster} is a cluster of PostgreSQL ${version}; this version needs ${POSTGRES_MAJOR}: back it up with the earlier version, and restore into another DATA_DIR`,
    );
  }
}
