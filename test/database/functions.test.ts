import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionDefinition, functionNames } from '../../src/database/functions/database-functions.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** The definitions of the functions in the database, without those of extensions. */
async function definitions(): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; definition: string }>(
    `select p.proname as name, pg_get_functiondef(p.oid) as definition
     from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
     order by p.proname`,
  );
  return Object.fromEntries(rows.map(({ name, definition }) => [name, definition]));
}

describe('PostgreSQL functions', () => {
  it('has the functions of src/database/functions after all migrations', async () => {
    const migrated = await definitions();
    expect(Object.keys(migrated)).toEqual(functionNames());
    for (const name of functionNames()) await database.query(functionDefinition(name));
    expect(await definitions()).toEqual(migrated);
  });

  it('detects a changed function file that has no migration', async () => {
    const migrated = await definitions();
    await database.query(functionDefinition('count_rows').replace('true', 'false'));
    expect(await definitions()).not.toEqual(migrated);
  });
});
