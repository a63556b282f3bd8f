import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { StartError } from '../config.js';

const NOBODY = 65_534;

/**
 * The account of the embedded server. PostgreSQL refuses to run as root: a service of root runs the server as the user
 * `nobody`. If `nobody` cannot read the files, the server runs in a user namespace that maps root to `nobody`. So does
 * a user id without a name, which `initdb` refuses.
 */
export type ServerAccount = 'self' | 'nobody' | 'namespace';

/**
 * Chooses the account for a cluster: its owner, or for a new cluster the least privileged account that can access it.
 *
 * @param cluster folder of the cluster; may not exist yet
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
    // `initdb` looks up its user; the server itself does not.
    return owner === null && !hasName() && supportsUserNamespaces() ? 'namespace' : 'self';
  }
  if (owner !== null && owner !== 0 && owner !== NOBODY) throw belongsToAnother(cluster, owner);
  const reachable = (await nobodyCanEnter(dirname(cluster))) && (await nobodyCanEnter(dirname(program)));
  if (owner !== 0 && reachable) return 'nobody';
  if (owner !== NOBODY && supportsUserNamespaces()) return 'namespace';
  throw new StartError(
    `PostgreSQL may not run as root, and user nobody cannot enter ${dirname(cluster)} or the project's folder; ` +
      'start as an ordinary user or set DATA_DIR and the project elsewhere',
  );
}

/** Starts a program in its own process group, so that Ctrl-C in the service's terminal does not signal it. */
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
  if (account === 'namespace') return spawn('unshare', [...UNSHARE_OPTIONS, program, ...args], options);
  return spawn(program, args, options);
}

/** Changes the owner of a file or folder to the account. */
export async function assignTo(account: ServerAccount, path: string): Promise<void> {
  if (account === 'nobody') await chown(path, NOBODY, NOBODY);
}

const UNSHARE_OPTIONS = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/** Whether the user of this process has an entry in /etc/passwd, or in what else names users. */
function hasName(): boolean {
  try {
    userInfo();
    return true;
  } catch {
    return false;
  }
}

function supportsUserNamespaces(): boolean {
  return spawnSync('unshare', [...UNSHARE_OPTIONS, 'true'], { stdio: 'ignore' }).status === 0;
}

async function nobodyCanEnter(folder: string): Promise<boolean> {
  const { mode, uid } = await stat(folder);
  const allowed = uid === NOBODY ? mode & 0o100 : mode & 0o001;
  if (allowed === 0) return false;
  const parent = dirname(folder);
  return parent === folder || nobodyCanEnter(parent);
}

function belongsToAnother(folder: string, owner: number): StartError {
  return new StartError(`${folder} belongs to another user (uid ${owner})`);
}
