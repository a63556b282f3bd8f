import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;

/** The names of all PostgreSQL functions; each is defined by the file of its name in this folder. */
export function functionNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort();
}

/** The `create or replace` statement of a function, for a migration that adds or changes it. */
export function functionDefinition(name: string): string {
  return readFileSync(join(FOLDER, `${name}.sql`), 'utf8');
}
