import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type QueryConfig, type QueryResult } from 'pg';
import { ConnectionWatch } from './connection-watch.js';
import { DatabaseSettings } from './database-settings.js';
import { TIMEOUTS } from './options.js';

/** Milliseconds in which a replica that has failed is not asked again. */
const REST = 5_000;

interface Replica {
  readonly pool: Pool;
  readonly watch: ConnectionWatch;
  restingUntil: number;
}

/**
 * Copies of the database that may lag behind it: for the catalog and for what readers show to others, never for
 * credentials or for what is the reader's own.
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
      // A connection that breaks while it is idle is noticed by the next statement.
      pool.on('error', () => undefined);
      return { pool, watch: new ConnectionWatch(pool, connectionString), restingUntil: 0 };
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.replicas.map(({ watch }) => watch.close()));
    await Promise.all(this.replicas.map(({ pool }) => pool.end()));
  }

  /** Runs work whose single statements read what may be a moment old. */
  async mayLag<T>(work: () => Promise<T>): Promise<T> {
    return this.replicas.length === 0 ? work() : this.lagging.run(true, work);
  }

  /** The answer of a replica; null when the statement may not lag, or no replica serves. */
  async query<Row extends object>(query: QueryConfig): Promise<QueryResult<Row> | null> {
    if (this.lagging.getStore() === undefined) return null;
    const now = Date.now();
    for (let attempt = 0; attempt < this.replicas.length; attempt++) {
      const replica = this.replicas[this.turn++ % this.replicas.length] as Replica;
      if (replica.restingUntil > now) continue;
      try {
        return await replica.pool.query<Row>(query);
      } catch (error) {
        // Lost, restarting, or in conflict with what it replays: reads may be asked of another.
        replica.restingUntil = Date.now() + REST;
        this.logger.warn(`A replica rests: ${(error as { code?: string }).code ?? (error as Error).name}`);
      }
    }
    return null;
  }
}
