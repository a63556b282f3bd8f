import { Client, type Pool, type PoolClient } from 'pg';

/** Milliseconds between two checks of the connections in use. */
const INTERVAL = 250;
/** Milliseconds without a result after which the server is probed on a new connection. */
const PROBE_AFTER = 1_500;
/** Milliseconds after which a probe has failed. */
const PROBE_TIMEOUT = 1_000;
/**
 * Milliseconds without a result after which a connection is closed even if a probe succeeds. Longer than
 * `statement_timeout`, after which the server cancels a statement.
 */
const LOST_AFTER = 6_000;

/** Undocumented properties of a client of `pg`: the running statement, and the socket. */
interface PgClientInternals {
  readonly _activeQuery: object | null;
  readonly connection: { readonly stream: { destroy(): void } };
}

/**
 * Closes connections whose server no longer responds, for example because the network drops packets. In that case
 * errors of `statement_timeout` do not reach the client, and TCP times out only after minutes. Statements on a closed
 * connection fail at once, and the pool opens a new one.
 *
 * A connection that closes during a transaction is also released here. Kysely releases a connection only after the
 * rollback, which fails on a closed connection, so that the pool would have one connection fewer permanently.
 */
export class ConnectionWatch {
  private readonly inUse = new Map<PoolClient, { statement: object | null; since: number }>();
  private readonly known = new WeakSet<PoolClient>();
  private readonly timer: NodeJS.Timeout;
  private probing: Promise<void> | null = null;
  private lastCheck = Date.now();

  /** @param url connection URL of the pool, for probes */
  constructor(
    pool: Pool,
    private readonly url: string,
  ) {
    pool.on('acquire', (client) => this.acquired(client));
    pool.on('release', (_error, client) => this.inUse.delete(client));
    pool.on('remove', (client) => this.inUse.delete(client));
    this.timer = setInterval(() => this.check(), INTERVAL);
    this.timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.probing;
  }

  private acquired(client: PoolClient): void {
    this.inUse.set(client, { statement: null, since: Date.now() });
    // Registered here and not on `connect`: the pool may have connections that are older than this watch.
    if (this.known.has(client)) return;
    this.known.add(client);
    client.once('end', () => this.releaseEnded(client));
  }

  /** Releases a closed connection that is in use. A later release by its user has no effect. */
  private releaseEnded(client: PoolClient): void {
    if (!this.inUse.has(client)) return;
    client.release(true);
    // The pool does not reuse this client, and throws on a second release.
    client.release = () => undefined;
  }

  private check(): void {
    const now = Date.now();
    // After a pause (SIGSTOP, a blocked event loop), results may have arrived but have not been read yet.
    const wasPaused = now - this.lastCheck > 4 * INTERVAL;
    this.lastCheck = now;
    let mustProbe = false;
    for (const [client, use] of this.inUse) {
      const { _activeQuery: statement } = client as unknown as PgClientInternals;
      if (statement !== use.statement || statement === null || wasPaused) {
        use.statement = statement;
        use.since = now;
      } else if (now - use.since > LOST_AFTER) destroySocket(client);
      else if (now - use.since > PROBE_AFTER) mustProbe = true;
    }
    if (mustProbe) this.probing ??= this.probe().finally(() => (this.probing = null));
  }

  /** Closes every connection with a running statement if the server does not accept a new connection. */
  private async probe(): Promise<void> {
    const began = Date.now();
    if (await isResponding(this.url)) return;
    for (const [client, { statement, since }] of this.inUse) {
      if (statement !== null && since < began) destroySocket(client);
    }
  }
}

function destroySocket(client: PoolClient): void {
  (client as unknown as PgClientInternals).connection.stream.destroy();
}

async function isResponding(url: string): Promise<boolean> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PROBE_TIMEOUT,
    query_timeout: PROBE_TIMEOUT,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    void client.end().catch(() => undefined);
    // An SQLSTATE, such as that of too many connections, is a response.
    return /^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '');
  }
}
