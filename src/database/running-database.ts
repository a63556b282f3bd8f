import type { Config } from '../config.js';
import { EmbeddedPostgres } from '../embedded-postgres/embedded-postgres.js';

/** A PostgreSQL that answers, and how to leave it. */
export interface RunningDatabase {
  /** Where requests go; may be a pooler. */
  readonly url: string;
  /** Where migrations and locks go: never a pooler. */
  readonly directUrl: string;
  /** Stops the embedded server if nobody else uses it. Call it last. */
  close(): Promise<void>;
  /** Ends the embedded server at once. */
  kill(): void;
}

/**
 * Opens the configured PostgreSQL, starting the embedded one where none is configured.
 *
 * @param role a service has a data folder to itself; scripts may join it at any time
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
