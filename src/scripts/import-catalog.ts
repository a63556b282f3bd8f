import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { CatalogImporter, type ImportReport } from '../catalog/import/catalog-importer.js';
import { StartError } from '../config.js';
import { run } from '../run.js';
import { withApp } from './with-app.js';

/** `npm run import:catalog -- FILE`: exit status 1 when a line was refused or the file cannot be read to its end. */
await run(async () => {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new StartError('Usage: npm run import:catalog -- FILE');
  const file = await stat(path).catch(() => null);
  if (!file?.isFile()) throw new StartError(`${path} is not a file that can be read`);
  await withApp(async (app) => {
    const { series, volumes, unchanged, refused } = await importFile(
      app.get(CatalogImporter),
      path,
      file.size,
    );
    process.stdout.write(
      `${series} series and ${volumes} volumes written, ${unchanged} lines unchanged, ${refused} lines refused\n`,
    );
    if (refused > 0) process.exitCode = 1;
  });
});

async function importFile(importer: CatalogImporter, path: string, size: number): Promise<ImportReport> {
  const bar = new SingleBar({ format: '{bar} {percentage}% | {eta_formatted} left', noTTYOutput: false });
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on('data', (chunk) => bar.increment(chunk.length));
  // The listener must not start the stream before the importer reads it.
  source.pause();
  bar.start(size, 0);
  try {
    return await importer.import(source, ({ line, reason }) => {
      process.stderr.write(`line ${line}: ${reason}\n`);
    });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (!code?.startsWith('Z_') && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    throw new StartError(`${path} ends early or is damaged (${message}); what came before is imported`);
  } finally {
    bar.stop();
  }
}
