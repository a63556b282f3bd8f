import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NAME = 'service.sock';

/**
 * Exclusive lock of a data folder for one service: a Unix socket in the folder on which the service listens. The kernel
 * closes the socket when the process ends, also after kill -9. Every container and PID namespace that mounts the folder
 * can connect to the socket, whereas process ids and PostgreSQL's own check are limited to one namespace.
 */
export class FolderLock {
  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {}

  /** @returns null if another service holds the lock */
  static async acquire(folder: string): Promise<FolderLock | null> {
    return withShortPath(folder, async (short) => {
      const path = join(short, NAME);
      const temporary = `${path}.${randomBytes(4).toString('hex')}`;
      const server = createServer((socket) => socket.destroy());
      server.unref();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(temporary, resolve);
      });
      try {
        if (await linkSocket(temporary, path)) return new FolderLock(server, join(folder, NAME));
      } catch (error) {
        server.close();
        throw error;
      } finally {
        await rm(temporary, { force: true });
      }
      server.close();
      return null;
    });
  }

  /** Whether a service holds the lock. */
  static async isHeld(folder: string): Promise<boolean> {
    return withShortPath(folder, (short) => acceptsConnections(join(short, NAME)));
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Links the socket to `path`, unless a socket that accepts connections is there. @returns whether it is linked */
async function linkSocket(temporary: string, path: string): Promise<boolean> {
  const isLinked = await link(temporary, path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (isLinked) return true;
  if (await acceptsConnections(path)) return false;
  // The socket is stale. Of two processes that replace it at once, the later rename wins; the inode shows which one.
  const { ino } = await stat(temporary);
  await rename(temporary, path);
  await sleep(100);
  return (await stat(path).catch(() => null))?.ino === ino;
}

async function acceptsConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** A socket path has at most 107 bytes. On Linux, `/proc/self/fd` gives a short path to any folder. */
async function withShortPath<T>(folder: string, work: (short: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return work(folder);
  const handle = await open(folder, 'r');
  try {
    return await work(`/proc/self/fd/${handle.fd}`);
  } finally {
    await handle.close();
  }
}
