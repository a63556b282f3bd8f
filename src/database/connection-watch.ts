import { Client, type Pool, type PoolClient } from 'pg';

/** Milliseconds between two looks at the connections in use. */
const INTERVAL = 250;
/** Milliseconds without an answer after which the server is asked whether it answers at all. */
const SUSPICIOUS = 1_500;
/** Milliseconds that the server has to answer that question. */
const PROBE = 1_000;
/**
 * Milliseconds after which a statement is lost even if the server answers others: the server itself ends statements
 * earlier, after `statement_timeout`.
 */
const LOST = 6_000;

/** What `pg` keeps of a connection: the statement at work, and the socket. */
interface Internals {
  readonly _activeQuery: object | null;
  readonly connection: { readonly stream: { destroy(): void } };
}

/**
 * Ends connections whose server has fallen silent, as behind a network that drops packets: the server's own time-outs
 * cannot reach the client then, and TCP gives up after minutes only. Whatever waits for an answer fails at once, and
 * the pool opens new connections. A connection that has ended within a transaction is given back to the pool here: Kysely
 * does so after the rollback alone, which an ended connection refuses, and its place would be lost for good.
 */
export class ConnectionWatch {
  private readonly inUse = new Map<PoolClient, { statement: object | null; since: number }>();
  private readonly known = new WeakSet<PoolClient>();
  private readonly timer: NodeJS.Timeout;
  private probing: Promise<void> | null = null;
  private lastLook = Date.now();

  /** @param url where the pool connects to */
  constructor(
    pool: Pool,
    private readonly url: string,
  ) {
    pool.on('acquire', (client) => this.acquired(client));
    pool.on('release', (_error, client) => this.inUse.delete(client));
    pool.on('remove', (client) => this.inUse.delete(client));
    this.timer = setInterval(() => this.look(), INTERVAL);
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.probing;
  }

  private acquired(client: PoolClient): void {
    this.inUse.set(client, { statement: null, since: Date.now() });
    // Not when it connects: the pool may have connections that are older than this watch.
    if (this.known.has(client)) return;
    this.known.add(client);
    client.once('end', () => this.giveBack(client));
  }

  /** Gives back an ended connection that is in use; whoever uses it may do so once more. */
  private giveBack(client: PoolClient): void {
    if (!this.inUse.has(client)) return;
    client.release(true);
    // The pool never hands out this client again, and would take a second release for an error.
    client.release = () => undefined;
  }

  private look(): void {
    const now = Date.now();
    // A process that was stopped or kept busy could not have read the answers that have come meanwhile.
    const wasAway = now - this.lastLook > 4 * INTERVAL;
    this.lastLook = now;
    let suspicious = false;
    for (const [client, use] of this.inUse) {
      const { _activeQuery: statement } = client as unknown as Internals;
      if (statement !== use.statement || statement === null || wasAway) {
        use.statement = statement;
        use.since = now;
      } else if (now - use.since > LOST) end(client);
      else if (now - use.since > SUSPICIOUS) suspicious = true;
    }
    if (suspicious) this.probing ??= this.probe().finally(() => (this.probing = null));
  }

  /** Ends every connection that waits for an answer, unless the server answers another one. */
  private async probe(): Promise<void> {
    const began = Date.now();
    if (await answers(this.url)) return;
    for (const [client, { statement, since }] of this.inUse) {
      if (statement !== null && since < began) end(client);
    }
  }
}

function end(client: PoolClient): void {
  (client as unknown as Internals).connection.stream.destroy();
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PROBE, query_timeout: PROBE });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    void client.end().catch(() => undefined);
    // A server that refuses more connections answers.
    return /^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '');
  }
}
