import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartError } from '../config.js';

const NOBODY = 65_534;

/**
 * Who runs the embedded server. PostgreSQL refuses root, so that root hands it to `nobody`; where `nobody` cannot
 * reach the files, the server runs in a user namespace, in which root is called `nobody`.
 */
export type ServerAccount = 'self' | 'nobody' | 'namespace';

/**
 * Chooses the account for a cluster: the one that owns it, or for a new one the least powerful that can reach it.
 *
 * @param cluster folder of the cluster, which need not exist yet
 * @param program a file that the server must be able to read
 */
export async function chooseAccount(cluster: string, program: string): Promise<ServerAccount> {
  const owner = await stat(cluster).then(
    (found) => found.uid,
    () => null,
  );
  const self = process.getuid?.() ?? 0;
  if (self !== 0) {
    if (owner !== null && owner !== self) throw belongsToAnother(cluster, owner);
    return 'self';
  }
  if (owner !== null && owner !== 0 && owner !== NOBODY) throw belongsToAnother(cluster, owner);
  const reachable = (await nobodyEnters(dirname(cluster))) && (await nobodyEnters(dirname(program)));
  if (owner !== 0 && reachable) return 'nobody';
  if (owner !== NOBODY && namespacesWork()) return 'namespace';
  throw new StartError(
    `PostgreSQL may not run as root, and user nobody cannot enter ${dirname(cluster)} or the project's folder; ` +
      'start as an ordinary user or set DATA_DIR and the project elsewhere',
  );
}

/** Starts a program of the server's in its own process group, so that a Ctrl-C meant for the service spares it. */
export function spawnAs(
  account: ServerAccount,
  program: string,
  args: readonly string[],
  stdio: SpawnOptions['stdio'],
): ChildProcess {
  const options: SpawnOptions = {
    stdio,
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  };
  if (account === 'nobody') return spawn(program, args, { ...options, uid: NOBODY, gid: NOBODY });
  if (account === 'namespace') return spawn('unshare', [...NAMESPACE, program, ...args], options);
  return spawn(program, args, options);
}

/** Gives a file or folder to the account. */
export async function giveTo(account: ServerAccount, path: string): Promise<void> {
  if (account === 'nobody') await chown(path, NOBODY, NOBODY);
}

const NAMESPACE = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

function namespacesWork(): boolean {
  return spawnSync('unshare', [...NAMESPACE, 'true'], { stdio: 'ignore' }).status === 0;
}

async function nobodyEnters(folder: string): Promise<boolean> {
  const { mode, uid } = await stat(folder);
  const allowed = uid === NOBODY ? mode & 0o100 : mode & 0o001;
  if (allowed === 0) return false;
  const parent = dirname(folder);
  return parent === folder || nobodyEnters(parent);
}

function belongsToAnother(folder: string, owner: number): StartError {
  return new StartError(`${folder} belongs to another user (uid ${owner})`);
}
