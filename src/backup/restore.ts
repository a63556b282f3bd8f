import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { StartError } from '../config.js';
import { withPreparationLock } from '../database/migrate.js';
import { appliedMigrations, requireKnownMigrations } from '../database/known-migrations.js';
import type { ImageStore } from '../images/image-store.js';
import {
  type BackupManifest,
  type BackupTable,
  MANIFEST_FILE,
  PICTURES_FOLDER,
  type Progress,
  TABLES_FOLDER,
  type TableSum,
} from './backup-content.js';
import { type BackupEntry, type BackupReader, bytesOf, textOf } from './backup-reader.js';
import { connect, quoted } from './connection.js';
import { endWorkInProgress } from './end-work.js';
import { ownObjects } from './own-objects.js';
import { RestoredPictures } from './restored-pictures.js';
import { completeSchema, createSchema } from './restored-schema.js';

interface RestoreOptions {
  readonly backup: BackupReader;
  /** The database itself, not a pooler. */
  readonly url: string;
  readonly store: ImageStore;
  readonly progress: Progress;
}

/**
 * Tables that have rows as soon as the service has been started, a catalog was imported or an administrator was
 * created. Others have rows of migrations, or none without these.
 */
const FILLED = ['users', 'clients', 'series', 'audit_entries'];

/**
 * Fills an empty installation with a verified backup. The database is one transaction: a restore that ends early leaves
 * it as it was. Files of pictures that it has written are replaced by the next attempt, or removed by the sweeper.
 *
 * @throws StartError if the installation is not empty
 */
export async function restore({ backup, url, store, progress }: RestoreOptions): Promise<BackupManifest> {
  return withPreparationLock(url, async () => {
    const client = await connect(url);
    try {
      await client.query('begin');
      await requireEmpty(client);
      await createSchema(client, backup.header.migrations);
      const manifest = await new RestoreRun(client, backup, store).run(progress);
      await completeSchema(client, backup.header.migrations);
      await endWorkInProgress(client);
      await client.query('commit');
      // The planner knows nothing about new tables.
      await client.query('analyze');
      return manifest;
    } finally {
      await client.end();
    }
  });
}

async function requireEmpty(client: Client): Promise<void> {
  // Foreign tables have rows elsewhere, and views can show the service's own tables.
  const { rows: tables } = await client.query<{ name: string; own: boolean }>(
    `select relname as name, 'table ' || relname = any($1) and relkind = 'r' as own from pg_class c
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p', 'f', 'v', 'm')
       and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
     order by 1`,
    [await ownObjects()],
  );
  const migrations = await appliedMigrations(client);
  const others = migrations.length === 0 ? tables : tables.filter(({ own }) => !own);
  if (others.length > 0)
    throw new StartError(
      `The database has tables of another program (${shortList(others)}); restore into a new database`,
    );
  requireKnownMigrations(migrations);
  for (const { name } of tables.filter((table) => FILLED.includes(table.name))) {
    const { rowCount } = await client.query(`select from ${quoted(name)} limit 1`);
    if (rowCount !== 0)
      throw new StartError(
        'The installation is not empty; restore into a new database and DATA_DIR, before the first start',
      );
  }
}

function shortList(tables: readonly { readonly name: string }[]): string {
  const names = tables.slice(0, 3).map(({ name }) => name);
  return [...names, ...(tables.length > names.length ? ['…'] : [])].join(', ');
}

/** One pass through a backup. */
class RestoreRun {
  private readonly sums = new Map<string, TableSum>();
  private readonly pictures: RestoredPictures;
  private manifest: BackupManifest | null = null;
  private current: TableCopy | null = null;

  constructor(
    private readonly client: Client,
    private readonly backup: BackupReader,
    store: ImageStore,
  ) {
    this.pictures = new RestoredPictures(store);
  }

  async run(progress: Progress): Promise<BackupManifest> {
    const { tables } = this.backup.header;
    const names = tables.map(({ name }) => quoted(name));
    // The backup has the rows that migrations and triggers have made.
    for (const name of names) await this.client.query(`alter table ${name} disable trigger user`);
    await this.client.query(`truncate ${names.join(', ')}`);
    for await (const entry of this.backup.entries(progress)) await this.restore(entry);
    await this.endTable();
    const manifest = await this.complete();
    for (const name of names) await this.client.query(`alter table ${name} enable trigger user`);
    return manifest;
  }

  private async restore({ name, sha256, content }: BackupEntry): Promise<void> {
    if (name.startsWith(TABLES_FOLDER)) return this.restorePart(name.split('/')[1] ?? '', content);
    await this.endTable();
    if (name.startsWith(PICTURES_FOLDER))
      await this.pictures.add(name.slice(PICTURES_FOLDER.length), content, sha256);
    else if (name === MANIFEST_FILE) this.manifest = JSON.parse(await textOf(content)) as BackupManifest;
    else throw new Error(`The backup has an unknown file ${name}`);
  }

  private async restorePart(table: string, content: AsyncIterable<Buffer>): Promise<void> {
    if (this.current?.table.name !== table) {
      await this.endTable();
      const found = this.backup.header.tables.find(({ name }) => name === table);
      if (found === undefined) throw new Error(`The backup has rows of an unknown table ${table}`);
      this.current = new TableCopy(this.client, found);
    }
    await this.current.write(content);
  }

  private async endTable(): Promise<void> {
    const { current } = this;
    this.current = null;
    if (current !== null) this.sums.set(current.table.name, await current.end());
  }

  /** Compares what was restored with the manifest, and sets the sequences. */
  private async complete(): Promise<BackupManifest> {
    const pictures = await this.pictures.end();
    const { manifest } = this;
    if (manifest === null) throw new Error('The backup has no manifest');
    for (const [name, { rows, sha256 }] of Object.entries(manifest.tables)) {
      const found = this.sums.get(name);
      const isEqual = rows === 0 ? found === undefined : found?.rows === rows && found.sha256 === sha256;
      if (!isEqual) throw new Error(`The rows of ${name} are not those of the backup`);
    }
    if (pictures.files !== manifest.files || pictures.bytes !== manifest.bytes)
      throw new Error('The pictures are not those of the backup');
    for (const { name, last, called } of manifest.sequences) {
      const exists = `select where to_regclass($1) is not null`;
      if ((await this.client.query(exists, [quoted(name)])).rowCount === 1)
        await this.client.query('select setval($1::regclass, $2, $3)', [quoted(name), last, called]);
    }
    return manifest;
  }
}

const decompress = promisify(gunzip);
/** A part is 1 MiB and at most one chunk of the driver, before it is compressed. */
const MAX_PART = 64 * 1024 * 1024;

/** The COPY statement that fills one table. */
class TableCopy {
  private readonly stream;
  private readonly ended: Promise<void>;
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(
    client: Client,
    readonly table: BackupTable,
  ) {
    const columns = table.columns.map(quoted).join(', ');
    this.stream = client.query(copyFrom(`copy ${quoted(table.name)} (${columns}) from stdin`));
    this.ended = finished(this.stream);
    this.ended.catch(() => undefined);
  }

  async write(part: AsyncIterable<Buffer>): Promise<void> {
    const text = await decompress(await bytesOf(part, MAX_PART));
    this.hash.update(text);
    this.bytes += text.length;
    if (!this.stream.write(text)) await Promise.race([once(this.stream, 'drain'), this.ended]);
  }

  async end(): Promise<TableSum> {
    this.stream.end();
    await this.ended;
    return { rows: this.stream.rowCount, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}
