import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type QueryConfig, type QueryResult } from 'pg';
import { ConnectionWatch } from './connection-watch.js';
import { DatabaseSettings } from './database-settings.js';
import { TIMEOUTS } from './options.js';

/** Milliseconds for which a replica is skipped after a failure. */
const SKIP = 5_000;

interface Replica {
  readonly pool: Pool;
  readonly watch: ConnectionWatch;
  skippedUntil: number;
}

/**
 * Read replicas, which may lag behind the primary. They serve the catalog and public data of users, never credentials
 * or a user's own data.
 */
@Injectable()
export class Replicas implements OnApplicationShutdown {
  private readonly logger = new Logger(Replicas.name);
  private readonly lagging = new AsyncLocalStorage<true>();
  private readonly replicas: readonly Replica[];
  private turn = 0;

  constructor(settings: DatabaseSettings) {
    this.replicas = settings.replicaUrls.map((connectionString) => {
      const pool = new Pool({
        connectionString,
        max: settings.poolSize,
        idleTimeoutMillis: 30_000,
        application_name: 'tankobon-replica',
        ...TIMEOUTS,
      });
      // Errors of idle connections: without a listener they would end the process. The pool removes the connection.
      pool.on('error', () => undefined);
      return { pool, watch: new ConnectionWatch(pool, connectionString), skippedUntil: 0 };
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.replicas.map(({ watch }) => watch.close()));
    await Promise.all(this.replicas.map(({ pool }) => pool.end()));
  }

  /** Runs `work`; its statements outside transactions may read from a replica. */
  async onReplica<T>(work: () => Promise<T>): Promise<T> {
    return this.replicas.length === 0 ? work() : this.lagging.run(true, work);
  }

  /** The result of a replica; null outside `onReplica`, and when no replica is available. */
  async query<Row extends object>(query: QueryConfig): Promise<QueryResult<Row> | null> {
    if (this.lagging.getStore() === undefined) return null;
    const now = Date.now();
    for (let attempt = 0; attempt < this.replicas.length; attempt++) {
      const replica = this.replicas[this.turn++ % this.replicas.length] as Replica;
      if (replica.skippedUntil > now) continue;
      try {
        return await replica.pool.query<Row>(query);
      } catch (error) {
        // Unreachable, restarting, or a recovery conflict: the next replica is tried, then the primary.
        replica.skippedUntil = Date.now() + SKIP;
        this.logger.warn(
          `A replica is skipped for ${SKIP / 1000} s: ${(error as { code?: string }).code ?? (error as Error).name}`,
        );
      }
    }
    return null;
  }
}
