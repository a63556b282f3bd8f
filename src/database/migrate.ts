import { MikroORM } from '@mikro-orm/postgresql';
import pg from 'pg';
import { ormOptions } from './options.js';

const MIGRATING = 7_003;

/**
 * Brings the database's schema up to date. Nodes that start at once take turns by an advisory lock, so that every
 * migration runs once.
 *
 * @param url connection URL of the database itself, not of a pooler
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATING]);
    const orm = await MikroORM.init(ormOptions(url, { max: 2, patient: true }));
    try {
      const done = await orm.migrator.up();
      return done.map(({ name }) => name);
    } finally {
      await orm.close();
    }
  } finally {
    await lock.end();
  }
}
