import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseAccount, spawnAs } from '../../src/embedded-postgres/server-account.js';
import { freePort } from './service.js';

/** A PgBouncer in transaction mode for all databases of a server. */
export interface Pooler {
  /** Connection URL of a database through the pooler. */
  readonly url: string;
  close(): Promise<void>;
}

const PROGRAM = '/usr/sbin/pgbouncer';

/** Starts Debian's PgBouncer: no named statements, no startup parameters, a connection per transaction. */
export async function startPgBouncer(databaseUrl: string): Promise<Pooler> {
  const { password, searchParams, pathname } = new URL(databaseUrl);
  const socketFolder = searchParams.get('host') ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'tankobon-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=${socketFolder} port=5432 user=postgres password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 1000
default_pool_size = 20
max_db_connections = 20
server_idle_timeout = 5
`,
  );
  // Only the account of the server can open its socket, and PgBouncer does not run as root.
  const account = await chooseAccount(socketFolder, PROGRAM);
  const child = spawnAs(account, PROGRAM, ['-q', settings], ['ignore', 'ignore', 'inherit']);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (let attempt = 0; attempt < 100; attempt++) {
    if (child.exitCode !== null) throw new Error('PgBouncer did not start');
    const socket = connect(port, '127.0.0.1');
    const answers = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (answers) break;
    await sleep(50);
  }
  return {
    url: `postgresql://postgres@127.0.0.1:${port}${pathname}`,
    close: async () => {
      child.kill('SIGINT');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
