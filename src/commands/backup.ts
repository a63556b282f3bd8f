import { stat } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { backUp, type BackupReport } from '../backup/backup.js';
import { readConfig, StartError } from '../config.js';
import { openDatabase } from '../database/running-database.js';
import { appendTo, writeDurably } from '../durable-files.js';
import { createImageStore } from '../images/create-image-store.js';
import { run } from '../run.js';
import { StepBar } from './step-bar.js';

const UNWRITABLE = new Set([
  'EACCES',
  'EDQUOT',
  'EFBIG',
  'EIO',
  'EISDIR',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);

/**
 * `npm run backup -- FILE`: writes a backup of database and pictures, with or without a running service; `-` is
 * standard output. A file is complete when it has its name.
 */
await run(async () => {
  const [path, ...others] = process.argv.slice(2);
  if (path === undefined || others.length > 0) throw new StartError('Usage: npm run backup -- FILE');
  if (path !== '-' && (await stat(path).catch(() => null)) !== null)
    throw new StartError(`${path} exists; a backup replaces no file`);
  if (path === '-' && process.stdout.isTTY)
    throw new StartError('A backup is not written to a terminal; name a file');
  const report = path === '-' ? await toTarget(process.stdout) : await toFile(path);
  // Standard output may be the backup.
  (path === '-' ? process.stderr : process.stdout).write(`${summary(report)}\n`);
});

async function toFile(path: string): Promise<BackupReport> {
  let report: BackupReport | undefined;
  await writeDurably(path, async (file) => {
    report = await toTarget(appendTo(file));
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new StartError(`${path} exists; a backup replaces no file`);
    if (!UNWRITABLE.has(error.code ?? '')) throw error;
    throw new StartError(`${path} cannot be written (${error.code})`);
  });
  return report as BackupReport;
}

async function toTarget(target: Writable): Promise<BackupReport> {
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () =>
      stopping.abort(new StartError(`Interrupted by ${signal}; there is no backup`)),
    );
  const bar = new StepBar();
  const database = await openDatabase(config, 'script');
  try {
    const store = createImageStore(config);
    return await backUp({ url: database.directUrl, store, target, progress: bar, signal: stopping.signal });
  } finally {
    bar.end();
    await database.close();
  }
}

function summary({ tables, pictures, files, missing, size }: BackupReport): string {
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  const lost = missing === 0 ? '' : `; the files of ${missing} pictures are missing in the store`;
  return (
    `${rows} rows of ${Object.keys(tables).length} tables and ${files} files of ${pictures} pictures written, ` +
    `${(size / 1e6).toFixed(1)} MB${lost}`
  );
}
