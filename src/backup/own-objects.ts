import type { Migration } from '@mikro-orm/migrations';
import { MIGRATIONS } from '../database/migrations/index.js';

const CREATION = /\bcreate (?:or replace )?(table|function|type|collation) (?:if not exists )?"?(\w+)/gi;

/**
 * All objects that a migration of any version has created, as `table users` or `function count_rows`, also those that a
 * later migration drops. Other objects in the schema belong to other programs.
 */
export async function ownObjects(): Promise<string[]> {
  const statements = await Promise.all(MIGRATIONS.map((migration) => statementsOf(migration.class)));
  const created = statements.flat().flatMap((statement) => [...statement.matchAll(CREATION)]);
  const objects = created.map(([, kind = '', name]) => `${kind.toLowerCase()} ${name}`);
  return [...new Set(['table migrations', ...objects])];
}

/** The statements of a migration. Migrations only collect them, without the ORM. */
export async function statementsOf(Class: (typeof MIGRATIONS)[number]['class']): Promise<string[]> {
  const migration: Migration = new Class(undefined as never, undefined as never);
  await migration.up();
  return migration.getQueries().map((statement) => {
    if (typeof statement !== 'string') throw new Error(`${Class.name} has a statement that is no text`);
    return statement;
  });
}
