import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../support/database.js';

const FOLDER = new URL('../../src/database/functions/', import.meta.url);
const files = readdirSync(FOLDER).sort();

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** The definitions in the database by name, without those of extensions and without the white space of their layout. */
async function definitions(): Promise<Record<string, string>> {
  const rows = await database.query<{ name: string; definition: string }>(
    `select p.proname as name, pg_get_functiondef(p.oid) as definition
     from pg_proc p
     where p.pronamespace = 'public'::regnamespace
       and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`,
  );
  return Object.fromEntries(
    rows.map(({ name, definition }) => [
      name,
      definition.replace(/\s+/g, ' ').replace(/\s*\$function\$\s*/g, '$$'),
    ]),
  );
}

describe('The PostgreSQL functions', () => {
  it('of the migrations are those of the files in src/database/functions', async () => {
    const migrated = await definitions();
    expect(
      Object.keys(migrated)
        .map((name) => `${name}.sql`)
        .sort(),
    ).toEqual(files);
    for (const file of files) await database.query(readFileSync(new URL(file, FOLDER), 'utf8'));
    expect(await definitions()).toEqual(migrated);
  });
});
