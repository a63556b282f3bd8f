import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** The database of one test file, cloned from the migrated template. */
export interface TestDatabase {
  readonly url: string;
  /** URL for requests: the same, or through the pooler. */
  readonly requestUrl: string;
  /** Runs a statement on a connection of the test. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** A test file about timeouts sets `production`; all others use `LIFTED`. */
export const timeouts = { production: false };
const PRODUCTION = { statement_timeout: 5_000, lock_timeout: 1_300 };
/** Timeouts in milliseconds that a request does not reach on a busy host. */
export const LIFTED = { statement_timeout: 60_000, lock_timeout: 60_000 };

export async function cloneDatabase(): Promise<TestDatabase> {
  return createDatabase('tankobon');
}

/** A database without tables, as an operator creates one. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

async function createDatabase(base: string): Promise<TestDatabase> {
  const template = inject('templateUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(template, `create database ${name} template ${base}`);
  // A busy disk must not slow down these tests. Durability has tests of its own, with the settings of the service.
  await onServer(template, `alter database ${name} set synchronous_commit = off`);
  const url = withDatabase(template, name);
  if (inject('poolerUrl') !== '') {
    // Behind a pooler, the operator configures these timeouts for the database instead of the connection.
    for (const [setting, value] of Object.entries(timeouts.production ? PRODUCTION : LIFTED))
      await onServer(template, `alter database ${name} set ${setting} = ${value}`);
  }
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  // The timeouts do not apply to the statements of the test.
  await client.query('set statement_timeout = 0; set lock_timeout = 0');
  const pooler = inject('poolerUrl');
  return {
    url,
    requestUrl: pooler === '' ? url : withDatabase(pooler, name),
    query: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    drop: async () => {
      await client.end();
      await onServer(template, `drop database ${name} with (force)`);
    },
  };
}

/** Runs `work` while every transaction that changes a row of the table fails at its commit. */
export async function failCommitsOf(
  database: TestDatabase,
  table: string,
  work: () => Promise<void>,
): Promise<void> {
  // Uploads reserve and release their place in transactions of their own, with rows without a hash. These succeed.
  await database.query(
    `create or replace function fail_commit() returns trigger language plpgsql as
     $$ begin
       if coalesce(to_jsonb(new), to_jsonb(old)) @> '{"hash": null}' then return null; end if;
       raise 'the commit failed';
     end $$`,
  );
  await database.query(
    `create constraint trigger fail_commit after insert or update or delete on ${table}
     deferrable initially deferred for each row execute function fail_commit()`,
  );
  try {
    await work();
  } finally {
    await database.query(`drop trigger fail_commit on ${table}`);
  }
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** Serializes statements: PostgreSQL cannot clone a template that has other connections. */
export async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
