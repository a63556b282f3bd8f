import type { Readable } from 'node:stream';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { appliedMigrations } from '../database/known-migrations.js';
import { ownObjects } from './own-objects.js';
import { quoted } from './connection.js';
import type { BackupTable, SequencePosition } from './backup-content.js';

/**
 * The tables of the installation, without the list of migrations. Those of extensions and of other programs are not its
 * own.
 */
const TABLES = `
  select c.relname as name,
    array(select attname::text from pg_attribute a
          where a.attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
          order by attnum) as columns,
    array(select distinct f.relname::text from pg_constraint k join pg_class f on f.oid = k.confrelid
          where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid) as referred
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> 'migrations'
    and 'table ' || c.relname = any($1)
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
  order by 1`;

/** One snapshot of all tables: what is read of it is what the database had at one moment. */
export class Snapshot {
  private constructor(
    private readonly client: Client,
    /** Each after the tables that its foreign keys refer to. */
    readonly tables: readonly BackupTable[],
  ) {}

  static async take(client: Client): Promise<Snapshot> {
    await client.query('begin isolation level repeatable read read only');
    const { rows } = await client.query<BackupTable & { referred: readonly string[] }>(TABLES, [
      await ownObjects(),
    ]);
    const tables = byForeignKeys(rows);
    // A migration that starts now waits until the tables are copied.
    const names = tables.map(({ name }) => quoted(name)).join(', ');
    if (names !== '') await client.query(`lock table ${names} in access share mode`);
    return new Snapshot(client, tables);
  }

  /** The migrations that were applied, oldest first; none in an empty database. */
  async migrations(): Promise<string[]> {
    return appliedMigrations(this.client);
  }

  /** Bytes of all tables on the server's disk, which is about what is read. */
  async size(): Promise<number> {
    const { rows } = await this.client.query<{ size: string }>(
      `select coalesce(sum(pg_table_size(format('%I', name)::regclass)), 0) as size from unnest($1::text[]) as name`,
      [this.tables.map(({ name }) => name)],
    );
    return Number(rows[0]?.size ?? 0);
  }

  /** The rows of a table, in the text format of COPY, which is the same for all versions of PostgreSQL. */
  rows({ name, columns }: BackupTable): Readable {
    return this.client.query(copyTo(`copy ${quoted(name)} (${columns.map(quoted).join(', ')}) to stdout`));
  }

  /** The result of a statement with one column of text without escapes, a line for each row. */
  lines(statement: string): Readable {
    return this.client.query(copyTo(`copy (${statement}) to stdout`));
  }

  /** Sequences are not part of a snapshot. They only grow, so that positions read later are valid too. */
  async sequences(): Promise<SequencePosition[]> {
    const { rows } = await this.client.query<{ name: string; last: string | null }>(
      `select sequencename as name, last_value::text as last from pg_sequences
       where schemaname = current_schema() and sequencename <> 'migrations_id_seq' order by 1`,
    );
    // `last_value` is null as long as a sequence has not been used.
    return rows.map(({ name, last }) => ({ name, last: last ?? '1', called: last !== null }));
  }

  async end(): Promise<void> {
    await this.client.query('commit');
  }
}

function byForeignKeys(found: readonly (BackupTable & { referred: readonly string[] })[]): BackupTable[] {
  const ordered = new Map<string, BackupTable>();
  const waiting = new Map(found.map((table) => [table.name, table]));
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ referred }) => !referred.some((name) => waiting.has(name)));
    if (ready.length === 0) throw new Error(`Foreign keys in a circle: ${[...waiting.keys()].join(', ')}`);
    for (const { name, columns } of ready) {
      ordered.set(name, { name, columns });
      waiting.delete(name);
    }
  }
  return [...ordered.values()];
}
