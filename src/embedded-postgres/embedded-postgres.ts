import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmod, open, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { Counter, Gauge } from 'prom-client';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
import { StartError } from '../config.js';
import { createFolder } from '../durable-files.js';
import { registry } from '../metrics.js';
import { locateBinaries, type PostgresBinaries } from './binaries.js';
import { assertUsableDataFolder, createCluster } from './cluster.js';
import { FolderLock } from './folder-lock.js';
import { isAlive, processesIn, waitForEnd } from './process-table.js';
import { chooseAccount, assignTo, type ServerAccount, spawnAs } from './server-account.js';
import { withStartLock } from './start-lock.js';

/** Command-line settings, which take precedence over postgresql.conf: an edited file cannot weaken durability. */
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
  // In the data folder: /dev/shm of a container may be too small.
  dynamic_shared_memory_type: 'mmap',
  // Statements contain users' texts, which must not be logged.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
} as const;

/** Without an embedded server both stay 0. */
const joined = new Gauge({
  name: 'embedded_postgres_up',
  help: 'Whether this process uses an embedded PostgreSQL that runs',
  registers: [registry],
});
const restarts = new Counter({
  name: 'embedded_postgres_restarts_total',
  help: 'How often this process has found the embedded PostgreSQL dead',
  registers: [registry],
});

const DATABASE = 'tankobon';
// Advisory locks are local to a database; these two are in the database `postgres`.
const { embeddedServerInUse: USERS_LOCK, embeddedService: SERVICE_LOCK } = ADVISORY_LOCKS;

/**
 * Supervisor of a PostgreSQL server in the data folder, which all processes with this folder share; see README.md. The
 * first process starts the server, the last one stops it. A running server whose parent was killed is reused, and
 * a server that dies is restarted.
 */
export class EmbeddedPostgres {
  /** Connection URL of the application's database, by a Unix socket in a folder of mode 0700. */
  readonly url: string;
  /** The session that holds this process's advisory locks. */
  private lockConnection: Client | null = null;
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
   * Starts the server in `dataDir` unless it runs, and registers this process as a user of it.
   *
   * @param role a folder has at most one `service`, and any number of processes with role `script`
   * @throws StartError if the folder belongs to another user, its cluster has another version, or another service uses
   * it
   */
  static async join(dataDir: string, role: 'service' | 'script'): Promise<EmbeddedPostgres> {
    const cluster = join(dataDir, 'postgres');
    await assertUsableDataFolder(dataDir, cluster);
    const binaries = await locateBinaries();
    await createFolder(dataDir, 0o711);
    // Acquired before the first access to the cluster.
    const lock = role === 'service' ? await acquireFolderLock(dataDir) : null;
    try {
      const account = await chooseAccount(cluster, binaries.postgres);
      const socketFolder = await createPrivateFolder(account, socketPath(dataDir));
      const password = await withStartLock(join(dataDir, 'starting.lock'), () =>
        createCluster(dataDir, cluster, account, binaries),
      );
      const server = new EmbeddedPostgres(dataDir, socketFolder, password, account, binaries, role);
      server.lock = lock;
      await server.connectOrStartWithRetries();
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

  /** Releases this process's locks, and stops the server if no other process uses it. Close all pools first. */
  async leave(): Promise<void> {
    this.closing = true;
    await this.watching;
    const lockConnection = this.lockConnection;
    this.lockConnection = null;
    await this.lock?.release();
    if (lockConnection === null) return;
    const last = await lockConnection
      .query<{ last: boolean }>(
        `select pg_advisory_unlock_all() is not null, pg_try_advisory_lock(${USERS_LOCK}) as last`,
      )
      .then(({ rows }) => rows[0]?.last === true)
      .catch(() => false);
    if (last) {
      process.kill(this.pid, 'SIGINT');
      if (!(await waitForEnd(this.pid, 8_000))) process.kill(this.pid, 'SIGQUIT');
    }
    await lockConnection.end().catch(() => undefined);
  }

  /** Stops the server at once (SIGQUIT) without waiting for its sessions; for a shutdown that exceeded its time. */
  kill(): void {
    if (this.pid > 0 && isAlive(this.pid)) process.kill(this.pid, 'SIGQUIT');
  }

  private get cluster(): string {
    return join(this.folder, 'postgres');
  }

  /** Retries, since the last user of the server may be stopping it at the same time. */
  private async connectOrStartWithRetries(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.connectOrStart();
      } catch (error) {
        if (error instanceof StartError || attempt === 5) throw error;
        await sleep(200);
      }
    }
  }

  private async connectOrStart(): Promise<void> {
    await withStartLock(join(this.folder, 'starting.lock'), async () => {
      const lockConnection = (await this.connect()) ?? (await this.start());
      this.pid = await postmasterPid(this.cluster);
      this.lockConnection = lockConnection;
      await lockConnection.query(`select pg_advisory_lock_shared(${USERS_LOCK})`);
      const { rowCount } = await lockConnection.query(
        `select from pg_database where datname = '${DATABASE}'`,
      );
      if (rowCount === 0) await lockConnection.query(`create database ${DATABASE}`);
    });
    if (this.role === 'service') await this.acquireServiceLock();
  }

  /**
   * Retries for two seconds: the server releases the lock of a killed service only when it detects the closed socket.
   */
  private async acquireServiceLock(): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt++) {
      const result = await this.lockConnection?.query<{ acquired: boolean }>(
        `select pg_try_advisory_lock(${SERVICE_LOCK}) as acquired`,
      );
      if (result?.rows[0]?.acquired === true) return;
      await sleep(50);
    }
    await this.lockConnection?.end();
    throw new StartError(`Another Tankobon is running on the data folder ${this.folder}`);
  }

  /** A connection to the running server; null if no server listens on the socket. */
  private async connect(): Promise<Client | null> {
    const end = Date.now() + 30_000;
    for (;;) {
      const client = new Client({ connectionString: this.urlOf('postgres'), keepAlive: true });
      // Without a listener an error of the idle connection would end the process; `watch` detects a dead server.
      client.on('error', () => undefined);
      try {
        await client.connect();
        return client;
      } catch (error) {
        const { code } = error as { code?: string };
        if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
        if (code === '28P01') {
          throw new StartError(`The server in ${this.cluster} rejects the password in postgres.password`, {
            cause: error,
          });
        }
        // The server is starting, stopping or recovering: retry until it accepts or closes the socket.
        if (Date.now() > end)
          throw new StartError('The embedded PostgreSQL does not answer', { cause: error });
        await sleep(50);
      }
    }
  }

  private async start(): Promise<Client> {
    if (this.role === 'script' && (await FolderLock.isHeld(this.folder))) {
      throw new StartError(
        `A Tankobon is running on the data folder ${this.folder}, and its database cannot be reached from here`,
      );
    }
    await this.removeStaleFiles();
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
      const client = await this.waitUntilReady(ended, end);
      if (client !== null) return client;
      // After kill -9 of the previous server its shared memory stays in use until its last backend has exited.
      if (Date.now() > end) throw new StartError(await this.startFailure());
      const reason = await this.startFailure();
      if (!/still in use|lock file/.test(reason)) throw new StartError(reason);
      await sleep(100);
      await this.removeStaleFiles();
    }
  }

  /** A connection to the server that was just started; null if it exits or the time is over. */
  private async waitUntilReady(ended: Promise<void>, end: number): Promise<Client | null> {
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
   * Makes the postmaster.pid of a killed server harmless: its process id may now belong to another process, and
   * PostgreSQL would then refuse to start. Waits until no process of the old server runs, since two servers would
   * destroy the cluster.
   *
   * Processes of other PID namespaces are invisible here. PostgreSQL detects them by their shared memory, whose key is
   * in the file. The file is therefore kept, with the id of an ended process, unless it is empty or of another cluster.
   */
  private async removeStaleFiles(): Promise<void> {
    const end = Date.now() + 15_000;
    const cluster = await realpath(this.cluster);
    while ((await processesIn(cluster)).length > 0) {
      if (Date.now() > end) {
        throw new StartError(
          `Processes of an earlier server still run in ${this.cluster} and accept no connections`,
        );
      }
      await sleep(50);
    }
    // The lock file of the socket is stale: `connect` found no server.
    await rm(join(this.socketFolder, '.s.PGSQL.5432.lock'), { force: true });
    const path = join(cluster, 'postmaster.pid');
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return;
    const [pid = '', folder = '', ...rest] = text.split('\n');
    // Empty after a power failure, or copied together with the folder of another cluster.
    const isForeign = !(Number.parseInt(pid, 10) > 0) || (await isDifferentFolder(folder, cluster));
    if (isForeign) await rm(path, { force: true });
    else await writeFile(path, [String(endedProcessId()), folder, ...rest].join('\n'));
  }

  private async startFailure(): Promise<string> {
    const log = await readFile(join(this.folder, 'postgres.log'), 'utf8').catch(() => '');
    const fatal = log.split('\n').findLast((line) => line.includes('FATAL'));
    return `The embedded PostgreSQL did not start: ${fatal?.replace(/^.*FATAL:\s*/, '') ?? 'see postgres.log in the data folder'}`;
  }

  /** Restarts the server when it dies, until this process leaves. */
  private async watch(): Promise<void> {
    while (!this.closing) {
      await sleep(100);
      const isRunning = isAlive(this.pid);
      joined.set(isRunning ? 1 : 0);
      if (this.closing || isRunning) continue;
      await this.lockConnection?.end().catch(() => undefined);
      restarts.inc();
      await this.connectOrStart().then(
        () => joined.set(1),
        () => undefined,
      );
    }
  }
}

async function acquireFolderLock(dataDir: string): Promise<FolderLock> {
  // A service that is stopping holds the lock until it exits.
  for (let attempt = 0; attempt < 20; attempt++) {
    const lock = await FolderLock.acquire(dataDir);
    if (lock !== null) return lock;
    await sleep(100);
  }
  throw new StartError(`Another Tankobon is running on the data folder ${dataDir}`);
}

/** Whether `folder` exists and is not the cluster. Compares inodes, since one folder may have several paths. */
async function isDifferentFolder(folder: string, cluster: string): Promise<boolean> {
  if (folder === cluster) return false;
  const [one, other] = await Promise.all([stat(folder).catch(() => null), stat(cluster)]);
  return one !== null && (one.ino !== other.ino || one.dev !== other.dev);
}

/** The id of a process that has exited. */
function endedProcessId(): number {
  return spawnSync(process.execPath, ['--version'], { stdio: 'ignore' }).pid;
}

async function postmasterPid(cluster: string): Promise<number> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return Number.parseInt(text, 10) || 0;
}

/** A socket path has at most 107 bytes: for a longer data folder the socket is in the folder for temporary files. */
function socketPath(dataDir: string): string {
  const path = join(dataDir, 'run');
  if (Buffer.byteLength(path) <= 80) return path;
  return join(tmpdir(), `tankobon-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`);
}

async function createPrivateFolder(account: ServerAccount, path: string): Promise<string> {
  await createFolder(path, 0o700);
  const { uid } = await stat(path);
  const self = process.getuid?.() ?? uid;
  if (uid !== self && self !== 0) throw new StartError(`${path} belongs to another user (uid ${uid})`);
  await chmod(path, 0o700);
  await assignTo(account, path);
  return path;
}
