import { readConfig } from '../config.js';
import { migrate } from '../database/migrate.js';
import { openDatabase } from '../database/running-database.js';
import { run } from '../run.js';

/** `npm run migrate`: applies pending migrations and prints their names. */
await run(async () => {
  const database = await openDatabase(readConfig(), 'script');
  try {
    const done = await migrate(database.directUrl);
    process.stdout.write(done.length === 0 ? 'The schema is up to date\n' : `${done.join('\n')}\n`);
  } finally {
    await database.close();
  }
});
