import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { CatalogImporter, type ImportReport } from '../catalog/import/catalog-importer.js';
import { StartError } from '../config.js';
import { run } from '../run.js';
import { withApp } from './with-app.js';

/**
 * `npm run import:catalog -- FILE`: imports a file, a pipe, or `-` for standard input. The exit status is 1 if a line
 * was refused or the file could not be read to its end.
 */
await run(async () => {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new StartError('Usage: npm run import:catalog -- FILE');
  const size = path === '-' ? null : await sizeOf(path);
  await withApp(async (app) => {
    const { series, volumes, unchanged, refused } = await importFile(app.get(CatalogImporter), path, size);
    process.stdout.write(
      `${series} series and ${volumes} volumes written, ${unchanged} lines unchanged, ${refused} lines refused\n`,
    );
    if (refused > 0) process.exitCode = 1;
  });
});

/** Size of a file in bytes; null for a pipe, whose length is unknown. */
async function sizeOf(path: string): Promise<number | null> {
  const file = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new StartError(`${path} cannot be read (${error.code ?? error.message})`);
  });
  if (file.isDirectory()) throw new StartError(`${path} is a directory, not a file`);
  return file.isFile() ? file.size : null;
}

async function importFile(
  importer: CatalogImporter,
  path: string,
  size: number | null,
): Promise<ImportReport> {
  const format =
    size === null
      ? '{value} bytes read in {duration_formatted}'
      : '{bar} {percentage}% | {eta_formatted} left';
  const bar = new SingleBar({ format, noTTYOutput: false });
  const source: Readable =
    path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on('data', (chunk: Buffer) => bar.increment(chunk.length));
  // Adding a `data` listener starts the stream; the importer must be the first to read.
  source.pause();
  bar.start(size ?? 0, 0);
  try {
    return await importer.import(source, {
      onRefused: ({ line, reason }) => process.stderr.write(`line ${line}: ${reason}\n`),
      onWarning: ({ line, reason }) => process.stderr.write(`line ${line}: warning: ${reason}\n`),
    });
  } catch (error) {
    const { code, message, syscall } = error as NodeJS.ErrnoException;
    if (syscall === 'open') throw new StartError(`${path} cannot be read (${code})`);
    if (syscall === 'read')
      throw new StartError(`${path} cannot be read to its end (${code}); the lines before are imported`);
    if (!code?.startsWith('Z_') && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    throw new StartError(`${path} ends early or is damaged (${message}); the lines before are imported`);
  } finally {
    bar.stop();
  }
}
