import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
import { StartError } from '../config.js';
import { appliedMigrations, requireKnownMigrations } from './known-migrations.js';
import { ormOptions } from './options.js';

/**
 * Applies pending migrations. An advisory lock serializes nodes that start at once, so that each migration runs once.
 *
 * @throws StartError if a later version has changed the database
 *
 * @param url connection URL of the database itself, not of a pooler
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  return withPreparationLock(url, async (connection) => {
    requireKnownMigrations(await appliedMigrations(connection));
    const orm = await MikroORM.init(ormOptions({ url, entities: [], max: 2, withoutTimeouts: true }));
    try {
      const done = await orm.migrator.up();
      return done.map(({ name }) => name);
    } finally {
      await orm.close();
    }
  });
}

/** Runs `work` while holding the advisory lock `prepareDatabase`, which serializes migrations and seeding. */
export async function withPreparationLock<T>(
  url: string,
  work: (connection: Client) => Promise<T>,
): Promise<T> {
  const lock = new Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true });
  // The error of a lost connection is that of the statement that needs it. A restore holds the lock for long.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('set idle_session_timeout = 0');
    await requireVersion(lock);
    await lock.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.prepareDatabase]);
    return await work(lock);
  } finally {
    await lock.end();
  }
}

/** The oldest supported major version. */
const OLDEST = 16;

async function requireVersion(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int / 10000 as version`,
  );
  const version = rows[0]?.version ?? 0;
  if (version < OLDEST)
    throw new StartError(`DATABASE_URL is a PostgreSQL ${version}; ${OLDEST} or later is required`);
}

/**
 * Warns operators of a collation version mismatch: after an upgrade of the system's ICU library, the order of existing
 * indexes may differ from the order that the library now defines.
 *
 * @returns null if the versions are equal
 */
export async function collationWarning(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ stored: string | null; actual: string | null }>(
      `select collversion as stored, pg_collation_actual_version(oid) as actual
       from pg_collation where collname = 'name_order'`,
    );
    const { stored = null, actual = null } = rows[0] ?? {};
    if (stored === actual) return null;
    return (
      `The collation name_order was created with ICU version ${stored}, but the server uses ${actual}: ` +
      'run REINDEX DATABASE, then ALTER COLLATION name_order REFRESH VERSION'
    );
  } finally {
    await client.end();
  }
}
