import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type EntitySchema, type Options } from '@mikro-orm/postgresql';
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

/** What the ORM's options depend on. */
export interface DatabaseOptions {
  /** Connection URL. */
  readonly url: string;
  /** The tables; none for running migrations. */
  readonly entities: readonly EntitySchema[];
  /** Most connections at once. */
  readonly max: number;
  /** Lifts the time-outs, for migrations and scripts. */
  readonly patient?: boolean;
  /** Leaves the server's time-outs to the role's settings, since poolers accept no startup parameters. */
  readonly pooled?: boolean;
  /** For the command line that creates migrations. */
  readonly writesSnapshot?: boolean;
}

/** The ORM's options for one database. */
export function ormOptions(pool: DatabaseOptions): Options {
  return defineConfig({
    clientUrl: pool.url,
    entities: [...pool.entities],
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    driverOptions: {
      connectionString: pool.url,
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
