import type { Client } from 'pg';
import { StartError } from '../config.js';
import { PROJECT_VERSION } from '../project-folder.js';
import { MIGRATIONS } from './migrations/index.js';

/** The first migration that a later version has applied; undefined if all are known. */
export function unknownMigration(applied: readonly string[]): string | undefined {
  const known = new Set(MIGRATIONS.map(({ name }) => name));
  return applied.find((name) => !known.has(name));
}

/** The names of the applied migrations, oldest first; none if the database has no list of them. */
export async function appliedMigrations(client: Client): Promise<string[]> {
  const { rowCount: isListed } = await client.query(`select where to_regclass('migrations') is not null`);
  if (isListed !== 1) return [];
  const { rows } = await client.query<{ name: string }>('select name from migrations order by id');
  return rows.map(({ name }) => name.replace(/\.[jt]s$/, ''));
}

/** @throws StartError if a later version of Tankobon has changed the database */
export function requireKnownMigrations(applied: readonly string[]): void {
  const unknown = unknownMigration(applied);
  if (unknown === undefined) return;
  throw new StartError(
    `The database has data of a later version than this one (${PROJECT_VERSION} does not know ${unknown}); start that version, or restore a backup of this one into a new database`,
  );
}
