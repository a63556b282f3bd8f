import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { ADVISORY_LOCKS } from '../advisory-locks.js';
import { StartError } from '../config.js';
import { requireKnownMigrations } from '../database/known-migrations.js';
import type { ImageStore } from '../images/image-store.js';
import { PROJECT_VERSION } from '../project-folder.js';
import { type BackupManifest, FORMAT, type Progress, type TableSum } from './backup-content.js';
import { BackupWriter } from './backup-writer.js';
import { connect } from './connection.js';
import { FOLDERS, PictureFolders, writePictures } from './pictures.js';
import { Snapshot } from './snapshot.js';

interface BackupOptions {
  /** The database itself, not a pooler. */
  readonly url: string;
  readonly store: ImageStore;
  readonly target: Writable;
  readonly progress: Progress;
  /** Ends the backup early. */
  readonly signal: AbortSignal;
}

/** What a backup consists of. */
export interface BackupReport extends BackupManifest {
  /** Bytes of the backup. */
  readonly size: number;
}

/**
 * Writes a backup of the database and its pictures while the service runs. The tables are those of one snapshot. Files
 * of pictures are not removed until the backup ends, so that every picture of the snapshot exists.
 *
 * @throws StartError if the database has no data, or data of a later version
 */
export async function backUp(options: BackupOptions): Promise<BackupReport> {
  const { url, target, signal } = options;
  const client = await connect(url);
  // A statement in progress, such as waiting for another backup, ends with its connection.
  const disconnect = () => void client.end();
  signal.addEventListener('abort', disconnect);
  const folders = await PictureFolders.create();
  const writer = new BackupWriter(target, signal);
  try {
    signal.throwIfAborted();
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCKS.backUpPictures]);
    const manifest = await write(client, writer, folders, options);
    return { ...manifest, size: writer.bytes };
  } catch (error) {
    await writer.abort();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', disconnect);
    await folders.close();
    await client.end();
  }
}

async function write(
  client: Client,
  writer: BackupWriter,
  folders: PictureFolders,
  { store, progress }: BackupOptions,
): Promise<BackupManifest> {
  const snapshot = await Snapshot.take(client);
  const migrations = await snapshot.migrations();
  if (migrations.length === 0) throw new StartError('The database is empty; there is nothing to back up');
  requireKnownMigrations(migrations);
  const { rows } = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  await writer.header({
    format: FORMAT,
    version: PROJECT_VERSION,
    created: new Date().toISOString(),
    postgresql: rows[0]?.version ?? '',
    migrations,
    tables: snapshot.tables,
  });
  const tables = await writeTables(snapshot, writer, progress);
  for (const [table, statement] of Object.entries(FOLDERS)) {
    if (table in tables) await folders.append(snapshot.lines(statement));
  }
  if (folders.count > 0 && !store.handlesFiles)
    throw new StartError('STORAGE_DRIVER=none has no pictures; back up with the store that has them');
  const sequences = await snapshot.sequences();
  // The lock of the session keeps the pictures; the transaction would keep old rows from being vacuumed.
  await snapshot.end();
  const pictures = await writePictures(folders, store, writer, progress);
  // Fails if the session has been lost, and with it the lock: pictures may be missing then.
  await client.query('select 1');
  const manifest = { tables, sequences, ...pictures };
  await writer.end(manifest);
  return manifest;
}

async function writeTables(
  snapshot: Snapshot,
  writer: BackupWriter,
  progress: Progress,
): Promise<Record<string, TableSum>> {
  progress.begin('tables', await snapshot.size());
  const sums: Record<string, TableSum> = {};
  for (const table of snapshot.tables) {
    await pipeline(snapshot.rows(table), async (rows: AsyncIterable<Buffer>) => {
      sums[table.name] = await writer.table(table.name, measured(rows, progress));
    });
  }
  return sums;
}

async function* measured(rows: AsyncIterable<Buffer>, progress: Progress): AsyncGenerator<Buffer> {
  for await (const chunk of rows) {
    progress.add(chunk.length);
    yield chunk;
  }
}
