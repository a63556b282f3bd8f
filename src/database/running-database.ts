import type { Config } from '../config.js';
import { EmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

/** A PostgreSQL that accepts connections. */
export interface RunningDatabase {
  /** Connection URL for requests; may be that of a pooler. */
  readonly url: string;
  /** Connection URL for migrations and advisory locks; never that of a pooler. */
  readonly directUrl: string;
  /** Stops the embedded server unless another process uses it. Call it after all connections are closed. */
  close(): Promise<void>;
  /** Stops the embedded server at once, without waiting for its connections. */
  kill(): void;
}

/**
 * Returns the configured PostgreSQL, or starts the embedded one if none is configured.
 *
 * @param role a data folder has at most one `service`, and any number of processes with role `script`
 */
export async function openDatabase(config: Config, role: 'service' | 'script'): Promise<RunningDatabase> {
  if (config.databaseUrl !== null) {
    return {
      url: config.databaseUrl,
      directUrl: config.databaseDirectUrl ?? config.databaseUrl,
      close: () => Promise.resolve(),
      kill: () => undefined,
    };
  }
  const server = await EmbeddedPostgres.join(config.dataDir, role);
  return { url: server.url, directUrl: server.url, close: () => server.leave(), kill: () => server.kill() };
}
