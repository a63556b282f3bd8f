import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { expect, inject, it } from 'vitest';
import { migrate } from '../src/database/migrate.js';
import { ormOptions } from '../src/database/options.js';
import { appForFile } from './support/app.js';
import { cloneDatabase } from './support/database.js';

const app = appForFile();

it('has the tables that the entities describe', async () => {
  const orm = await MikroORM.init(ormOptions(app.database.url, { max: 1, patient: true }));
  const difference = (await orm.schema.getUpdateSchemaSQL()).replace("set names 'utf8';", '').trim();
  await orm.close();
  expect(difference).toBe('');
});

it('is migrated once, however many nodes start at once', async () => {
  // A database that no app works on.
  const database = await cloneDatabase();
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
  expect(runs.filter((names) => names.length > 0)).toHaveLength(1);
  await database.drop();
});

it('keeps what it has acknowledged', async () => {
  const server = new Client({ connectionString: inject('templateUrl') });
  await server.connect();
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await server.query<Record<string, string>>(`show ${setting}`);
    expect(rows[0]?.[setting], setting).toBe('on');
  }
  await server.end();
});

it('keeps readers’ texts out of its log', async () => {
  const [row] = await app.database.query<{ statements: string; verbosity: string }>(
    `select current_setting('log_min_error_statement') as statements, current_setting('log_error_verbosity') as verbosity`,
  );
  expect(row).toEqual({ statements: 'panic', verbosity: 'terse' });
});

it('leads every key of a user-owned table with the user', async () => {
  const keys = await app.database.query<{ table: string; first: string; has_user: boolean }>(
    `select c.relname as table,
       (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0]) as first,
       exists(select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id') as has_user
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and i.indisunique`,
  );
  // These resolve a name to its user, and are reference tables where users are distributed.
  const references = ['usernames', 'emails', 'avatar_ids', 'photo_ids'];
  const owned = keys.filter((key) => key.has_user && !references.includes(key.table));
  expect(owned.length).toBeGreaterThan(2);
  for (const key of owned) expect(key.first, key.table).toBe('user_id');
});
