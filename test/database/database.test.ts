import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { migrate } from '../../src/database/migrate.js';
import { ormOptions } from '../../src/database/options.js';
import { ENTITIES } from '../../src/entities.js';
import { appForFile } from '../support/app.js';
import { recordStatements } from '../support/statements.js';
import { cloneDatabase } from '../support/database.js';

const app = appForFile();

it('has exactly the schema that the entities describe', async () => {
  const orm = await MikroORM.init(
    ormOptions({ url: app.database.url, entities: ENTITIES, max: 1, withoutTimeouts: true }),
  );
  const difference = (await orm.schema.getUpdateSchemaSQL()).replace("set names 'utf8';", '').trim();
  await orm.close();
  expect(difference).toBe('');
});

it('runs the migrations once when four nodes start concurrently', async () => {
  // A database without a running service.
  const database = await cloneDatabase();
  await database.query('drop schema public cascade');
  await database.query('create schema public');
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
  expect(runs.filter((names) => names.length > 0)).toHaveLength(1);
  await database.drop();
});

it('runs with fsync, synchronous_commit and full_page_writes on', async () => {
  const server = new Client({ connectionString: inject('templateUrl') });
  await server.connect();
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    const { rows } = await server.query<Record<string, string>>(`show ${setting}`);
    expect(rows[0]?.[setting], setting).toBe('on');
  }
  await server.end();
});

it('configures the database log to contain no statements and no row values', async () => {
  const [row] = await app.database.query<{ statements: string; verbosity: string }>(
    `select current_setting('log_min_error_statement') as statements, current_setting('log_error_verbosity') as verbosity`,
  );
  expect(row).toEqual({ statements: 'panic', verbosity: 'terse' });
});

/** Lookup tables from a name or id to its user; reference tables when users are distributed over nodes. */
const REFERENCES = ['usernames', 'emails', 'avatar_ids', 'photo_ids', 'identity_subjects'];

/** The tables whose rows belong to a user. */
async function ownedTables(): Promise<string[]> {
  const tables = await app.database.query<{ table: string }>(
    `select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r'
       and exists(select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id')`,
  );
  return tables.map(({ table }) => table).filter((table) => !REFERENCES.includes(table));
}

it('starts every unique key of a user-owned table with user_id', async () => {
  const keys = await app.database.query<{ table: string; first: string; has_user: boolean }>(
    `select c.relname as table,
       (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = i.indkey[0]) as first,
       exists(select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id') as has_user
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and i.indisunique`,
  );
  const owned = keys.filter((key) => key.has_user && !REFERENCES.includes(key.table));
  expect(owned.length).toBeGreaterThan(2);
  for (const key of owned) expect(key.first, key.table).toBe('user_id');
});

it('includes user_id in every foreign key between user-owned tables', async () => {
  const owned = [...(await ownedTables()), 'users'];
  const keys = await app.database.query<{ name: string; from: string; to: string; columns: string[] }>(
    `select k.conname as name, k.conrelid::regclass::text as from, k.confrelid::regclass::text as to,
       array(select a.attname::text from unnest(k.conkey) as c (number)
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = c.number) as columns
     from pg_constraint k join pg_namespace n on n.oid = k.connamespace
     where n.nspname = 'public' and k.contype = 'f'`,
  );
  const between = keys.filter(({ from, to }) => owned.includes(from) && owned.includes(to));
  expect(between.length).toBeGreaterThan(5);
  for (const { name, columns } of between) expect(columns, name).toContain('user_id');
  // Shared tables have no foreign keys to user-owned tables.
  const backwards = keys.filter(({ from, to }) => !owned.includes(from) && owned.includes(to));
  expect(backwards.map(({ name }) => name)).toEqual([]);
});

describe('Statements of hot paths', () => {
  it('are planned once per connection, not at every execution', async (context) => {
    // Behind a pooler statements have no names.
    if (process.env['PGBOUNCER'] !== undefined) return context.skip();
    const [row] = await app.nest
      .get(MikroORM)
      .em.getConnection()
      .execute<{ mode: string }[]>(`select current_setting('plan_cache_mode') as mode`);
    expect(row?.mode).toBe('force_generic_plan');
  });

  it('restricts every scan of a user-owned table to one user in the hot paths', async () => {
    const reader = app.client.as(await app.a.user());
    const client = await app.a.clientId();
    const [series] = await app.a.series({
      volumes: [{ external_id: 'hot-1', name: 'One', order: 1, language: 'en' }],
    });
    const [volume] = await app.database.query<{ id: number }>(
      `select id from volumes where external_id = 'hot-1'`,
    );
    const record = recordStatements(app.nest);
    const entry = await app.a.entry({ client });
    await reader.post(`/user/reading-status/add/${series}`, entry);
    await reader.post(`/user/reading-status/update/${series}`, entry);
    for (const order of ['update-desc', 'name-asc', 'score-desc', 'start-date-asc'])
      for (const filter of ['', '&status=started', `&client=${client}`, '&search=abc', '&search=a'])
        await reader.get(`/user/reading-history?order=${order}${filter}`);
    await reader.get(`/user/reading-status/id/${series}`);
    await reader.post(`/user/series-rating/add/${series}`, { rating: 5 });
    await reader.post(`/user/series-rating/update/${series}`, { rating: 6 });
    await reader.post(`/user/collection/add/${volume?.id}`, { client });
    for (const order of ['name-asc', 'price-desc', 'release-date-asc'])
      for (const search of ['', '&search=abc'])
        await reader.get(`/user/collection?client=${client}&order=${order}${search}`);
    await reader.get(`/user/collection/stats/general?client=${client}`);
    await reader.get('/auth/me');
    await reader.get('/series?search=abc');
    await reader.delete(`/user/series-rating/delete/${series}`);
    await reader.delete(`/user/reading-status/delete/${series}`);
    record.stop();
    const statements = new Map(record.executed.map((statement) => [statement.text, statement]));
    expect(statements.size).toBeGreaterThan(30);

    const owned = await ownedTables();
    let scans = 0;
    for (const { name, text } of statements.values()) {
      const [row] = await app.database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
        `explain (generic_plan, format json) ${text}`,
      );
      for (const node of nodesOf(row?.['QUERY PLAN'][0].Plan)) {
        if (!owned.includes(node['Relation Name'] ?? '') || !node['Node Type'].endsWith('Scan')) continue;
        scans++;
        const conditions = [node['Index Cond'], node['Recheck Cond'], node['Filter']].join(' ');
        expect(conditions, `${name}: ${node['Relation Name']}`).toMatch(/user_id = (\$\d+|[a-z_]+\.id)/);
      }
    }
    expect(scans).toBeGreaterThan(40);
  });

  interface PlanNode {
    readonly 'Node Type': string;
    readonly 'Relation Name'?: string;
    readonly 'Index Cond'?: string;
    readonly 'Recheck Cond'?: string;
    readonly Filter?: string;
    readonly Plans?: PlanNode[];
  }

  function nodesOf(node: PlanNode | undefined): PlanNode[] {
    return node === undefined ? [] : [node, ...(node.Plans ?? []).flatMap(nodesOf)];
  }
});
