import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** Milliseconds between two health checks of a node. */
const INTERVAL = 50;

interface Target {
  readonly port: number;
  readonly agent: Agent;
  isReady: boolean;
  /** Number of requests that the node failed. */
  failures: number;
}

/**
 * A reverse proxy before several nodes. It forwards requests round-robin to ready nodes, retries none, and answers 502
 * when a node fails.
 */
export class ReverseProxy {
  readonly url: string;
  /** Number of requests forwarded to each node. */
  readonly forwarded: number[];
  private next = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor(
    private readonly server: Server,
    private readonly targets: Target[],
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.forwarded = targets.map(() => 0);
    server.on('request', (incoming, outgoing) => this.forward(incoming, outgoing));
    this.timer = setInterval(() => targets.forEach((target) => void this.checkHealth(target)), INTERVAL);
  }

  static async before(ports: readonly number[]): Promise<ReverseProxy> {
    const server = createServer({ keepAliveTimeout: 60_000 }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const targets = ports.map((port) => ({
      port,
      agent: new Agent({ keepAlive: true }),
      isReady: true,
      failures: 0,
    }));
    return new ReverseProxy(server, targets);
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    for (const { agent } of this.targets) agent.destroy();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async checkHealth(target: Target): Promise<void> {
    const { failures } = target;
    const answer = await fetch(`http://localhost:${target.port}/health/ready`).catch(() => null);
    await answer?.body?.cancel();
    // A node that failed a request since the check began may have answered the check before it ended.
    target.isReady = answer?.ok === true && target.failures === failures;
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const ready = this.targets.filter((target) => target.isReady);
    const target = (ready.length > 0 ? ready : this.targets)[
      this.next++ % (ready.length || this.targets.length)
    ];
    if (target === undefined) return;
    const index = this.targets.indexOf(target);
    this.forwarded[index] = (this.forwarded[index] ?? 0) + 1;
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
      target.isReady = false;
      target.failures++;
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(502).end();
    });
    incoming.pipe(onward);
  }
}
