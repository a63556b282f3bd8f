import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** A database of this file's own, cloned from the migrated template. */
export interface TestDatabase {
  readonly url: string;
  /** Where requests go: the same, or a pooler in front. */
  readonly requestUrl: string;
  /** Runs a statement beside the application. */
  query<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** The time-outs of the service's connections in a test file: one whose subject they are sets `production`. */
export const timeouts = { production: false };
const PRODUCTION = { statement_timeout: 5_000, lock_timeout: 1_300 };
/** Time-outs, in milliseconds, that a busy machine does not reach. */
export const LIFTED = { statement_timeout: 60_000, lock_timeout: 60_000 };

export async function cloneDatabase(): Promise<TestDatabase> {
  const template = inject('templateUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(template, `create database ${name} template tankobon`);
  // What a crash may lose is tested with the service's own server. Here a busy disk must not look like a slow service.
  await onServer(template, `alter database ${name} set synchronous_commit = off`);
  const url = withDatabase(template, name);
  if (inject('poolerUrl') !== '') {
    // What the service would set itself as it connects, an operator sets for the database behind a pooler.
    for (const [setting, value] of Object.entries(timeouts.production ? PRODUCTION : LIFTED))
      await onServer(template, `alter database ${name} set ${setting} = ${value}`);
  }
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  // The limits are the service's, not those of what tests do beside it.
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

/** Runs the work while every commit that has changed a row of the table fails, at the commit itself. */
export async function failCommitsOf(
  database: TestDatabase,
  table: string,
  work: () => Promise<void>,
): Promise<void> {
  // The place that an upload takes and gives back, outside of the transaction in question, has no hash yet.
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

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

/** A template may have no connections while it is cloned: files that clone at once take turns. */
async function onServer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: withDatabase(url, 'postgres') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
