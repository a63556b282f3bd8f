import { createHash, randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmod, mkdir, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
import { StartError } from '../config.js';
import { createDurably } from '../durable-file.js';
import { FolderLock } from './folder-lock.js';
import { locateBinaries, POSTGRES_MAJOR, type PostgresBinaries } from './binaries.js';
import { isAlive, processesIn, waitForEnd } from './process-table.js';
import { chooseAccount, giveTo, type ServerAccount, spawnAs } from './server-account.js';
import { withStartLock } from './start-lock.js';

/** Durability is part of the contract with readers, so that no edited postgresql.conf can weaken it. */
const SETTINGS = {
  listen_addresses: '',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_connections: '200',
  shared_buffers: '256MB',
  work_mem: '16MB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  // Statements carry readers' texts, which do not belong into a log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
} as const;

const DATABASE = 'tankobon';
// Advisory locks belong to a database: these two are taken in the database `postgres`.
const { embeddedServerInUse: IN_USE, embeddedService: SERVICE } = ADVISORY_LOCKS;

/**
 * A PostgreSQL server under the data folder, shared by the processes that use the folder. Whoever comes first starts
 * it, whoever leaves last stops it; a server that lost its parent is adopted, one that died is started again.
 */
export class EmbeddedPostgres {
  /** Connection URL of the application's database: a unix socket in a folder that others cannot enter. */
  readonly url: string;
  private anchor: Client | null = null;
  private pid = 0;
  private lock: FolderLock | null = null;
  private closing = false;
  private watching: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    private readonly socketFolder: string,
    private readonly password: string,
    private readonly account: ServerAccount,
    private readonly binaries: PostgresBinaries,
    private readonly role: 'service' | 'script',
  ) {
    this.url = this.urlOf(DATABASE);
  }

  /**
   * Makes the server under `dataDir` run and joins its users.
   *
   * @param role `service` may be there once per folder, `script` any number of times
   * @throws StartError when the folder is somebody else's, of another version, or in use by another service
   */
  static async join(dataDir: string, role: 'service' | 'script'): Promise<EmbeddedPostgres> {
    const cluster = join(dataDir, 'postgres');
    await refuseForeign(dataDir, cluster);
    const binaries = await locateBinaries();
    await mkdir(dataDir, { recursive: true, mode: 0o711 });
    // Taken before anything of the cluster is touched.
    const lock = role === 'service' ? await takeFolder(dataDir) : null;
    try {
      const account = await chooseAccount(cluster, binaries.postgres);
      const socketFolder = await ownFolder(account, socketPath(dataDir));
      const password = await withStartLock(join(dataDir, 'starting.lock'), () =>
        createCluster(dataDir, cluster, account, binaries),
      );
      const server = new EmbeddedPostgres(dataDir, socketFolder, password, account, binaries, role);
      server.lock = lock;
      await server.runPatiently();
      server.watching = server.watch();
      return server;
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** Connection URL of another database of the same server. */
  urlOf(database: string): string {
    const url = new URL(`postgresql://postgres@localhost/${database}`);
    url.password = this.password;
    url.searchParams.set('host', this.socketFolder);
    return url.href;
  }

  /** Leaves the server; stops it when nobody else uses it. Called last, after every pool is closed. */
  async leave(): Promise<void> {
    this.closing = true;
    await this.watching;
    const anchor = this.anchor;
    this.anchor = null;
    await this.lock?.release();
    if (anchor === null) return;
    const last = await anchor
      .query<{ last: boolean }>(
        `select pg_advisory_unlock_all() is not null, pg_try_advisory_lock(${IN_USE}) as last`,
      )
      .then(({ rows }) => rows[0]?.last === true)
      .catch(() => false);
    if (last) {
      process.kill(this.pid, 'SIGINT');
      if (!(await waitForEnd(this.pid, 8_000))) process.kill(this.pid, 'SIGQUIT');
    }
    await anchor.end().catch(() => undefined);
  }

  /** Ends the server at once, whatever its users do: the last resort of a service that must stop now. */
  kill(): void {
    if (this.pid > 0 && isAlive(this.pid)) process.kill(this.pid, 'SIGQUIT');
  }

  private get cluster(): string {
    return join(this.folder, 'postgres');
  }

  /** The last user of a server may be stopping it just now. */
  private async runPatiently(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.run();
      } catch (error) {
        if (error instanceof StartError || attempt === 5) throw error;
        await sleep(200);
      }
    }
  }

  private async run(): Promise<void> {
    await withStartLock(join(this.folder, 'starting.lock'), async () => {
      const anchor = (await this.connect()) ?? (await this.start());
      this.pid = await postmasterPid(this.cluster);
      this.anchor = anchor;
      await anchor.query(`select pg_advisory_lock_shared(${IN_USE})`);
      const { rowCount } = await anchor.query(`select from pg_database where datname = '${DATABASE}'`);
      if (rowCount === 0) await anchor.query(`create database ${DATABASE}`);
    });
    if (this.role === 'service') await this.claimFolder();
  }

  /** A service that was killed loses its lock within moments, hence the patience. */
  private async claimFolder(): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt++) {
      const result = await this.anchor?.query<{ mine: boolean }>(
        `select pg_try_advisory_lock(${SERVICE}) as mine`,
      );
      if (result?.rows[0]?.mine === true) return;
      await sleep(50);
    }
    await this.anchor?.end();
    throw new StartError(`Another Tankobon is running on the data folder ${this.folder}`);
  }

  /** A connection to the running server; null when none answers on the socket. */
  private async connect(): Promise<Client | null> {
    const end = Date.now() + 30_000;
    for (;;) {
      const client = new Client({ connectionString: this.urlOf('postgres'), keepAlive: true });
      // A connection that breaks is noticed by its next statement.
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
        if (code === '28P01') {
          throw new StartError(`The server in ${this.cluster} does not take the password kept beside it`, {
            cause: error,
          });
        }
        // Starting up, shutting down or recovering: its next state decides.
        if (Date.now() > end)
          throw new StartError('The embedded PostgreSQL does not answer', { cause: error });
        await sleep(50);
      }
    }
  }

  private async start(): Promise<Client> {
    if (this.role === 'script' && (await FolderLock.isTaken(this.folder))) {
      throw new StartError(
        `A Tankobon runs on the data folder ${this.folder}, and its database cannot be reached from here`,
      );
    }
    await this.clearRemains();
    const end = Date.now() + 20_000;
    for (;;) {
      const log = await open(join(this.folder, 'postgres.log'), 'w', 0o600);
      const settings = Object.entries({ ...SETTINGS, unix_socket_directories: this.socketFolder });
      const args = ['-D', this.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
      const child = spawnAs(this.account, this.binaries.postgres, args, ['ignore', log.fd, log.fd]);
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      });
      child.unref();
      await log.close();
      const client = await this.firstAnswer(ended, end);
      if (client !== null) return client;
      // After a kill -9 the former server's memory may be in use for a moment longer.
      if (Date.now() > end) throw new StartError(await this.reason());
      const reason = await this.reason();
      if (!/still in use|lock file/.test(reason)) throw new StartError(reason);
      await sleep(100);
      await this.clearRemains();
    }
  }

  /** A connection to the server just started; null when it has ended instead. */
  private async firstAnswer(ended: Promise<void>, end: number): Promise<Client | null> {
    let running = true;
    void ended.then(() => (running = false));
    while (running && Date.now() < end) {
      const client = await this.connect();
      if (client !== null) return client;
      await sleep(25);
    }
    return null;
  }

  /**
   * Takes a killed server's pid file out of the way, whose number may have gone to another process. Never while a
   * process of the old server still runs: that would cost the cluster. Those of other process-id namespaces are not
   * seen here, but PostgreSQL sees their shared memory, whose key is in the file: the file stays where the key counts.
   */
  private async clearRemains(): Promise<void> {
    const end = Date.now() + 15_000;
    const cluster = await realpath(this.cluster);
    while ((await processesIn(cluster)).length > 0) {
      if (Date.now() > end) {
        throw new StartError(`Processes of a former server still work in ${this.cluster} and do not answer`);
      }
      await sleep(50);
    }
    // Nobody listens at the socket, or this start would have joined the server.
    await rm(join(this.socketFolder, '.s.PGSQL.5432.lock'), { force: true });
    const path = join(cluster, 'postmaster.pid');
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return;
    const [pid = '', folder = '', ...rest] = text.split('\n');
    // Empty after a loss of power, or copied with the folder of a server that runs elsewhere.
    const isForeign = !(Number.parseInt(pid, 10) > 0) || (await isAnother(folder, cluster));
    if (isForeign) await rm(path, { force: true });
    else await writeFile(path, [String(endedProcess()), folder, ...rest].join('\n'));
  }

  private async reason(): Promise<string> {
    const log = await readFile(join(this.folder, 'postgres.log'), 'utf8').catch(() => '');
    const fatal = log.split('\n').findLast((line) => line.includes('FATAL'));
    return `The embedded PostgreSQL did not start: ${fatal?.replace(/^.*FATAL:\s*/, '') ?? 'see postgres.log in the data folder'}`;
  }

  /** Starts the server again when it dies under us. */
  private async watch(): Promise<void> {
    while (!this.closing) {
      await sleep(100);
      if (this.closing || isAlive(this.pid)) continue;
      await this.anchor?.end().catch(() => undefined);
      await this.run().catch(() => undefined);
    }
  }
}

async function createCluster(
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
  // Made beside its place and moved there whole, so that an interrupted start leaves no half cluster.
  const fresh = `${cluster}.new`;
  const freshPassword = `${passwordFile}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(freshPassword, password, { mode: 0o600 });
  await giveTo(account, fresh);
  await giveTo(account, freshPassword);
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
  ];
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const child = spawnAs(account, binaries.initdb, [...args, ...locale], ['ignore', 'ignore', 'pipe']);
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const status = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  await rm(freshPassword, { force: true });
  if (status !== 0) {
    await rm(fresh, { recursive: true, force: true });
    throw new StartError(`The embedded database could not be created: ${reasonOf(complaint, status)}`);
  }
  await rename(fresh, cluster);
  return password;
}

/** What `initdb` complained of, in one line. */
function reasonOf(complaint: string, status: unknown): string {
  if (/could not look up effective user ID/.test(complaint)) {
    return `the user id ${process.getuid?.()} has no entry in /etc/passwd, which PostgreSQL needs; add one, run as another user, or set DATABASE_URL`;
  }
  const lines = complaint.trim().split('\n');
  const line = lines.find((text) => /error:|FATAL|PANIC|No space left/.test(text)) ?? lines.at(-1) ?? '';
  return line.replace(/^.*?(?:error|FATAL|PANIC):\s*/, '') || `initdb ended with ${String(status)}`;
}

/** @throws StartError without one: nothing else opens the cluster */
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

async function takeFolder(dataDir: string): Promise<FolderLock> {
  // A service that is stopping keeps the folder for a moment.
  for (let attempt = 0; attempt < 20; attempt++) {
    const lock = await FolderLock.take(dataDir);
    if (lock !== null) return lock;
    await sleep(100);
  }
  throw new StartError(`Another Tankobon is running on the data folder ${dataDir}`);
}

/** Whether the folder is another one that exists: the names of one folder may differ. */
async function isAnother(folder: string, cluster: string): Promise<boolean> {
  if (folder === cluster) return false;
  const [one, other] = await Promise.all([stat(folder).catch(() => null), stat(cluster)]);
  return one !== null && (one.ino !== other.ino || one.dev !== other.dev);
}

/** The id of a process that is no more. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version'], { stdio: 'ignore' }).pid;
}

async function postmasterPid(cluster: string): Promise<number> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || 0;
}

/** Refuses what cannot be ours before anything is written. */
async function refuseForeign(dataDir: string, cluster: string): Promise<void> {
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
      `${cluster} is a cluster of PostgreSQL ${version}; this version runs ${POSTGRES_MAJOR}: dump it with the former one`,
    );
  }
}

/** Socket paths hold 107 bytes: a folder too deep gets a short one of its own. */
function socketPath(dataDir: string): string {
  const path = join(dataDir, 'run');
  if (Buffer.byteLength(path) <= 80) return path;
  return join(tmpdir(), `tankobon-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

async function ownFolder(account: ServerAccount, path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const { uid } = await stat(path);
  const self = process.getuid?.() ?? uid;
  if (uid !== self && self !== 0) throw new StartError(`${path} belongs to another user (uid ${uid})`);
  await chmod(path, 0o700);
  await giveTo(account, path);
  return path;
}
