import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type EntitySchema, type Options } from '@mikro-orm/postgresql';
import { MIGRATIONS } from './migrations/index.js';

/** Time-outs in milliseconds. A statement or lock that exceeds one ends the request with a 503. */
export const TIMEOUTS = {
  connectionTimeoutMillis: 2_000,
  statement_timeout: 5_000,
  // It applies to each wait. A row lock with several waiters has two: for the tuple lock, then for the transaction.
  lock_timeout: 1_300,
  idle_in_transaction_session_timeout: 10_000,
};

/**
 * Statements are planned once per connection, for any values. With its default, PostgreSQL would plan most pages anew
 * at every execution, since it estimates the cost of their plans by the values of `limit`, and planning costs more than
 * the page.
 */
const PLANNING = '-c plan_cache_mode=force_generic_plan';

function timeouts({ withoutTimeouts, usesPooler }: { withoutTimeouts?: boolean; usesPooler?: boolean }) {
  if (withoutTimeouts) return { connectionTimeoutMillis: 10_000 };
  return usesPooler ? { connectionTimeoutMillis: TIMEOUTS.connectionTimeoutMillis } : TIMEOUTS;
}

/** The values that `ormOptions` depends on. */
export interface DatabaseOptions {
  /** Connection URL. */
  readonly url: string;
  /** The schemas of the tables; empty for running migrations. */
  readonly entities: readonly EntitySchema[];
  /** Maximum number of connections. */
  readonly max: number;
  /** Sets no time-outs except for connecting, for migrations and scripts. */
  readonly withoutTimeouts?: boolean;
  /** Sends the server no time-outs: poolers reject startup parameters, so that the settings of the role apply. */
  readonly usesPooler?: boolean;
  /** Whether creating a migration writes the schema snapshot; for the CLI only. */
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
      ...(pool.usesPooler ? {} : { options: PLANNING }),
      ...timeouts(pool),
    },
    forceUtcTimezone: true,
    // The ORM's query texts contain users' values, which must not be logged.
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
    // Functions are defined in `functions/`, not in entities; the schema comparison must ignore them.
    schemaGenerator: { disableForeignKeys: false, ignoreRoutines: true },
  });
}
