import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Milliseconds between two looks at each node. */
const INTERVAL = 50;

interface Target {
  readonly port: number;
  readonly agent: Agent;
  up: boolean;
}

/**
 * What stands before several nodes: it hands requests to those that say that they are ready, in turns, and repeats
 * none. What goes wrong on the way is a 502.
 */
export class ReverseProxy {
  readonly url: string;
  /** How many requests each node has been given. */
  readonly handed: number[];
  private turn = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly server: Server,
    private readonly targets: Target[],
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.handed = targets.map(() => 0);
    server.on('request', (incoming, outgoing) => this.hand(incoming, outgoing));
    this.timer = setInterval(() => targets.forEach((target) => void this.look(target)), INTERVAL);
  }

  static async before(ports: readonly number[]): Promise<ReverseProxy> {
    const server = createServer({ keepAliveTimeout: 60_000 }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const targets = ports.map((port) => ({ port, agent: new Agent({ keepAlive: true }), up: true }));
    return new ReverseProxy(server, targets);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const { agent } of this.targets) agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async look(target: Target): Promise<void> {
    const answer = await fetch(`http://localhost:${target.port}/health/ready`).catch(() => null);
    await answer?.body?.cancel();
    target.up = answer?.ok === true;
  }

  private hand(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const up = this.targets.filter((target) => target.up);
    const target = (up.length > 0 ? up : this.targets)[this.turn++ % (up.length || this.targets.length)];
    if (target === undefined) return;
    const index = this.targets.indexOf(target);
    this.handed[index] = (this.handed[index] ?? 0) + 1;
    const { method, url: path, headers } = incoming;
    const onward = request(
      { host: 'localhost', port: target.port, agent: target.agent, method, path, headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      },
    );
    onward.on('error', () => {
      target.up = false;
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    });
    incoming.pipe(onward);
  }
}
