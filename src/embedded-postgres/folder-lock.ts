import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NAME = 'service.sock';

/**
 * Says which service uses a data folder: it listens on a socket in the folder. The kernel ends the listening with the
 * process, however that ends, and shows it to every container and process-id namespace that mounts the folder, which
 * process ids and PostgreSQL's own check do not.
 */
export class FolderLock {
  private constructor(
    private readonly server: Server,
    private readonly path: string,
  ) {}

  /** @returns null when another service uses the folder */
  static async take(folder: string): Promise<FolderLock | null> {
    return inFolder(folder, async (short) => {
      const place = join(short, NAME);
      const own = `${place}.${randomBytes(4).toString('hex')}`;
      const server = createServer((socket) => socket.destroy());
      server.unref();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(own, resolve);
      });
      try {
        if (await put(own, place)) return new FolderLock(server, join(folder, NAME));
      } catch (error) {
        server.close();
        throw error;
      } finally {
        await rm(own, { force: true });
      }
      server.close();
      return null;
    });
  }

  /** Whether a service uses the folder. */
  static async isTaken(folder: string): Promise<boolean> {
    return inFolder(folder, (short) => answers(join(short, NAME)));
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Puts a socket in its place, unless one that answers is there. */
async function put(own: string, place: string): Promise<boolean> {
  const isPut = await link(own, place).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (isPut) return true;
  if (await answers(place)) return false;
  // The former one's service has ended. Of two that replace it at once, the later one stays.
  const { ino } = await stat(own);
  await rename(own, place);
  await sleep(100);
  return (await stat(place).catch(() => null))?.ino === ino;
}

async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Paths of sockets hold 107 bytes: on Linux, a short one leads into a folder with any path. */
async function inFolder<T>(folder: string, work: (short: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return work(folder);
  const handle = await open(folder, 'r');
  try {
    return await work(`/proc/self/fd/${handle.fd}`);
  } finally {
    await handle.close();
  }
}
