import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import { type Config, readConfig } from '../config.js';
import { withPreparationLock, migrate } from '../database/migrate.js';
import { openDatabase } from '../database/running-database.js';
import { SearchFolding } from '../search/search-folding.js';

/** Runs the work of a script with an app of its own. A service may run at the same time. */
export async function withApp(
  work: (app: NestFastifyApplication, config: Config) => Promise<void>,
): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env });
  const database = await openDatabase(config, 'script');
  try {
    await migrate(database.directUrl);
    const app = await createApp(config, database);
    try {
      await withPreparationLock(database.directUrl, () => app.get(SearchFolding).refresh());
      await work(app, config);
    } finally {
      await app.close();
    }
  } finally {
    await database.close();
  }
}
