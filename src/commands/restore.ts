import { BackupReader } from '../backup/backup-reader.js';
import { restore } from '../backup/restore.js';
import { readConfig, StartError } from '../config.js';
import { openDatabase } from '../database/running-database.js';
import { createImageStore } from '../images/create-image-store.js';
import { run } from '../run.js';
import { StepBar } from './step-bar.js';

/** `npm run restore -- FILE`: fills an empty installation with a backup. The service must not run. */
await run(async () => {
  const [path, ...others] = process.argv.slice(2);
  if (path === undefined || others.length > 0) throw new StartError('Usage: npm run restore -- FILE');
  if (path === '-') throw new StartError('A restore reads its file more than once; name a file');
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const bar = new StepBar();
  const backup = await BackupReader.open(path, bar);
  try {
    // Like a service, so that none starts on the folder meanwhile.
    const database = await openDatabase(config, 'service');
    try {
      const store = createImageStore(config);
      const { tables, files, pictures } = await restore({
        backup,
        url: database.directUrl,
        store,
        progress: bar,
      });
      bar.end();
      const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
      process.stdout.write(
        `${rows} rows of ${Object.keys(tables).length} tables and ${files} files of ${pictures} pictures restored ` +
          `from the backup of ${backup.header.created}\n`,
      );
    } finally {
      bar.end();
      await database.close();
    }
  } finally {
    bar.end();
    await backup.close();
  }
});
