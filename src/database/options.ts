import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import { ENTITIES } from './entities.js';
import { MIGRATIONS } from './migrations/index.js';

/** Nothing waits for ever: a statement that does not get its turn ends as a 503. Milliseconds. */
export const TIMEOUTS = {
  connectionTimeoutMillis: 2_000,
  statement_timeout: 5_000,
  // A row with several waiters is waited for twice: for its turn, and for the transaction that holds it.
  lock_timeout: 1_300,
  idle_in_transaction_session_timeout: 10_000,
};

function timeouts({ patient, pooled }: { patient?: boolean; pooled?: boolean }) {
  if (patient) return { connectionTimeoutMillis: 10_000 };
  return pooled ? { connectionTimeoutMillis: TIMEOUTS.connectionTimeoutMillis } : TIMEOUTS;
}

/**
 * The ORM's options for one database.
 *
 * @param url connection URL
 * @param pool most connections at once; `patient` lifts the timeouts, for migrations and scripts; `pooled` leaves
 *   those of the server to the role's settings, since poolers take no startup parameters; `writesSnapshot` is for the
 *   command line that creates migrations
 */
export function ormOptions(
  url: string,
  pool: { max: number; patient?: boolean; pooled?: boolean; writesSnapshot?: boolean },
): Options {
  return defineConfig({
    clientUrl: url,
    entities: ENTITIES,
    extensions: [Migrator],
    driverOptions: {
      connectionString: url,
      max: pool.max,
      idleTimeoutMillis: 30_000,
      application_name: 'tankobon',
      ...timeouts(pool),
    },
    forceUtcTimezone: true,
    // Query texts hold readers' values, and must not reach a log.
    debug: false,
    logger: () => undefined,
    migrations: {
      tableName: 'migrations',
      snapshotName: 'schema',
      path: 'dist/src/database/migrations',
      pathTs: 'src/database/migrations',
      migrationsList: MIGRATIONS,
      transactional: true,
      allOrNothing: true,
      disableForeignKeys: false,
      safe: false,
      snapshot: pool.writesSnapshot ?? false,
    },
    // The functions that the first migration creates stand beside the entities, not in them.
    schemaGenerator: { disableForeignKeys: false, ignoreRoutines: true },
  });
}
