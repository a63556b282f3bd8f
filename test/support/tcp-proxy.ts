import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Server,
  type Socket,
} from 'node:net';

/** A TCP proxy that simulates network failures: broken, refused and silent connections. */
export class TcpProxy {
  private server: Server | null = null;
  private readonly sockets = new Set<Socket>();
  private port = 0;
  private isDiscarding = false;

  private constructor(private readonly target: NetConnectOpts) {}

  /** Starts a proxy to the PostgreSQL of a connection URL, on TCP or a Unix socket. */
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

  /** The same URL, through this proxy. */
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
          if (!this.isDiscarding && !other.write(chunk)) one.pause();
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

  /** Discards all data in both directions and keeps the connections open, like a network that loses all packets. */
  discardData(): void {
    this.isDiscarding = true;
  }

  /** Forwards data again. */
  forwardData(): void {
    this.isDiscarding = false;
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    for (const socket of this.sockets) socket.destroy();
    if (server !== null) await new Promise((resolve) => server.close(resolve));
  }
}
