import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net';

/** A door to a server that can be shut, as a network does: connections break, and new ones are refused. */
export class TcpProxy {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private port = 0;
  private silent = false;

  private constructor(private readonly target: NetConnectOpts) {}

  /** To the PostgreSQL of a connection URL, which may listen at a socket. */
  static async toDatabase(url: string): Promise<TcpProxy> {
    const { hostname, port, searchParams } = new URL(url);
    const folder = searchParams.get('host');
    const proxy = new TcpProxy(
      folder === null
        ? { host: hostname, port: Number(port) }
        : { path: `${folder}/.s.PGSQL.${port || 5432}` },
    );
    await proxy.open();
    return proxy;
  }

  /** The same URL, through this door. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String(this.port);
    changed.searchParams.delete('host');
    return changed.href;
  }

  async open(): Promise<void> {
    const server = createServer((socket) => {
      const onward = connect(this.target);
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.sockets.add(one);
        one.on('data', (chunk: Buffer) => {
          if (!this.silent && !other.write(chunk)) one.pause();
        });
        other.on('drain', () => one.resume());
        one.on('end', () => other.end());
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      }
    });
    server.listen(this.port, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Drops what is sent either way, as a network that has lost packets for good, without closing anything. */
  fallSilent(): void {
    this.silent = true;
  }

  /** Lets through again what is sent from now on. */
  speakAgain(): void {
    this.silent = false;
  }

  async shut(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }
}
