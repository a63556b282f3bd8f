import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { ormOptions } from './options.js';

/** Held by whoever migrates or fills a database, so that nodes that start at once take turns. */
const PREPARING = 7_003;

/**
 * Brings the database's schema up to date. Nodes that start at once take turns, so that every migration runs once.
 *
 * @param url connection URL of the database itself, not of a pooler
 * @returns the names of the migrations that ran
 */
export async function migrate(url: string): Promise<string[]> {
  return inTurn(url, async () => {
    const orm = await MikroORM.init(ormOptions({ url, entities: [], max: 2, patient: true }));
    try {
      const done = await orm.migrator.up();
      return done.map(({ name }) => name);
    } finally {
      await orm.close();
    }
  });
}

/** Runs `work` while no other node prepares the same database. */
export async function inTurn<T>(url: string, work: () => Promise<T>): Promise<T> {
  const lock = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [PREPARING]);
    return await work();
  } finally {
    await lock.end();
  }
}
