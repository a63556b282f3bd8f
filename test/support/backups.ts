import { createHash } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { backUp, type BackupReport } from '../../src/backup/backup.js';
import { BackupReader } from '../../src/backup/backup-reader.js';
import type { Progress } from '../../src/backup/backup-content.js';
import { restore } from '../../src/backup/restore.js';
import { appendTo } from '../../src/durable-files.js';
import type { ImageStore } from '../../src/images/image-store.js';

export const SILENT: Progress = { begin: () => undefined, add: () => undefined };

/** Tables that a restore changes on purpose: see `endWorkInProgress`. */
const CHANGED = [
  'sessions',
  'personal_tokens',
  'calendar_secrets',
  'account_links',
  'oidc_attempts',
  'idempotency_keys',
  'queued_jobs',
  'rate_limits',
  'removed_files',
  'reader_counters',
  'installation',
  'migrations',
];

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tankobon-backup-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function backUpTo(
  path: string,
  url: string,
  store: ImageStore,
  signal = new AbortController().signal,
): Promise<BackupReport> {
  const file = await open(path, 'wx', 0o600);
  try {
    return await backUp({ url, store, target: appendTo(file), progress: SILENT, signal });
  } finally {
    await file.close();
  }
}

export async function restoreFrom(path: string, url: string, store: ImageStore) {
  const backup = await BackupReader.open(path, SILENT);
  try {
    return await restore({ backup, url, store, progress: SILENT });
  } finally {
    await backup.close();
  }
}

/** Number and digest of the rows of each table that a restore keeps, and the positions of the sequences. */
export async function contentOf(url: string): Promise<Record<string, string>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`set timezone = 'UTC'`);
    const { rows: tables } = await client.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> all($1)`,
      [CHANGED],
    );
    const found: Record<string, string> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ text: string }>(
        `select t::text as text from "${name}" t order by t::text collate "C"`,
      );
      const hash = createHash('sha256').update(rows.map(({ text }) => text).join('\n'));
      found[name] = `${rows.length} rows, ${hash.digest('hex')}`;
    }
    const { rows: sequences } = await client.query<{ name: string; last: string }>(
      `select sequencename as name, last_value::text as last from pg_sequences
       where schemaname = 'public' and sequencename <> 'migrations_id_seq'`,
    );
    for (const { name, last } of sequences) found[`sequence ${name}`] = last;
    return found;
  } finally {
    await client.end();
  }
}

/** The definitions of tables, indexes, constraints, triggers, functions, types and collations. */
export async function schemaOf(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ text: string }>(
      `select format('%s.%s %s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.attgenerated, pg_get_expr(d.adbin, d.adrelid)) as text
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       union all select pg_get_indexdef(indexrelid) from pg_index i join pg_class c on c.oid = i.indrelid
         where c.relnamespace = 'public'::regnamespace
       union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
         where connamespace = 'public'::regnamespace and contype <> 'n'
       union all select format('%s %s %s', tgrelid::regclass, tgenabled, pg_get_triggerdef(oid)) from pg_trigger
         where not tgisinternal
       union all select pg_get_functiondef(p.oid) from pg_proc p where pronamespace = 'public'::regnamespace
         and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
       union all select format('%s %s %s', t.typname, e.enumlabel, e.enumsortorder) from pg_enum e join pg_type t on t.oid = e.enumtypid
       union all select format('%s %s', collname, to_jsonb(c) - 'oid') from pg_collation c where collnamespace = 'public'::regnamespace
       union all select name from migrations
       order by 1`,
    );
    return rows.map(({ text }) => text);
  } finally {
    await client.end();
  }
}

/** The digests of all files in a folder of pictures, by path. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[path.slice(folder.length)] = createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  }
  return found;
}
