import type { Client } from 'pg';
import { MIGRATIONS } from '../database/migrations/index.js';
import { ownObjects, statementsOf } from './own-objects.js';

/** The statements that remove objects, tables first. Objects of extensions stay. */
const REMOVALS = `
  with found as (
    select 1 as step, 'pg_class'::regclass as class, oid, 'table ' || relname as object,
      format('drop table if exists %I cascade', relname) as statement
    from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
    union all
    select 2, 'pg_proc'::regclass, oid, 'function ' || proname,
      format('drop routine if exists %s cascade', oid::regprocedure)
    from pg_proc where pronamespace = current_schema()::regnamespace
    union all
    select 3, 'pg_type'::regclass, oid, 'type ' || typname, format('drop type if exists %I cascade', typname)
    from pg_type where typnamespace = current_schema()::regnamespace and typtype = 'e'
    union all
    select 4, 'pg_collation'::regclass, oid, 'collation ' || collname,
      format('drop collation if exists %I cascade', collname)
    from pg_collation where collnamespace = current_schema()::regnamespace
  )
  select statement from found
  where object = any($1)
    and not exists (select from pg_depend d where d.classid = class and d.objid = found.oid and d.deptype = 'e')
  order by step`;

// As the ORM's migrator creates it, which finds the migrations of a restored database there.
const CREATE_MIGRATIONS = `
  create table migrations (
    id serial primary key,
    name varchar(255) not null,
    executed_at timestamptz(6) not null default current_timestamp(6)
  )`;

/** Replaces the schema of an empty installation by that of earlier migrations, in the open transaction. */
export async function createSchema(client: Client, migrations: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(REMOVALS, [await ownObjects()]);
  for (const { statement } of rows) await client.query(statement);
  await client.query(CREATE_MIGRATIONS);
  await applyMigrations(client, (name) => migrations.includes(name));
}

/** Applies the migrations that a backup does not have, in the open transaction. */
export async function completeSchema(client: Client, migrations: readonly string[]): Promise<void> {
  await applyMigrations(client, (name) => !migrations.includes(name));
}

/**
 * The ORM's migrator has connections of its own, on which COPY is not possible; here, tables and rows are one
 * transaction.
 */
async function applyMigrations(client: Client, isApplied: (name: string) => boolean): Promise<void> {
  for (const { name, class: Class } of MIGRATIONS.filter((migration) => isApplied(migration.name))) {
    for (const statement of await statementsOf(Class)) await client.query(statement);
    await client.query('insert into migrations (name) values ($1)', [name]);
  }
}
