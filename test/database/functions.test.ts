import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionDefinition, functionNames } from '../../src/database/functions/database-functions.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** The definitions that the database has, without those of extensions. */
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

describe('the PostgreSQL functions', () => {
  it('of a migrated database are those of the files', async () => {
    const migrated = await definitions();
    expect(Object.keys(migrated)).toEqual(functionNames());
    for (const name of functionNames()) await database.query(functionDefinition(name));
    expect(await definitions()).toEqual(migrated);
  });

  it('would differ after a change of a file without a migration', async () => {
    const migrated = await definitions();
    await database.query(functionDefinition('count_rows').replace('true', 'false'));
    expect(await definitions()).not.toEqual(migrated);
  });
});
