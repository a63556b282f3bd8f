import type { TestDatabase } from './database.js';

/** The id of a role. */
export async function roleNamed(database: TestDatabase, name: string): Promise<number> {
  const [row] = await database.query<{ id: number }>('select id from roles where name = $1', [name]);
  if (row === undefined) throw new Error(`There is no role ${name}`);
  return row.id;
}
