import { createApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { collationWarning, withPreparationLock, migrate } from './database/migrate.js';
import { openDatabase } from './database/running-database.js';
import { type Created, FirstStart } from './first-start/first-start.js';
import { requireFreePort, run } from './run.js';
import { SearchFolding } from './search/search-folding.js';
import { Shutdown } from './shutdown.js';

/** Milliseconds after a signal until open connections are closed. */
const DRAIN_TIMEOUT = 8_000;
/** Milliseconds after a signal until the process exits, even if the shutdown is not complete. */
const HARD_LIMIT = 10_000;

const shutdown = new Shutdown(HARD_LIMIT);

void run(async () => {
  const config = readConfig();
  await requireFreePort(config.host, config.port);
  const database = await openDatabase(config, 'service');
  shutdown.onHardLimit(() => database.kill());
  try {
    if (shutdown.isRequested) return await database.close();
    await migrate(database.directUrl);
    const warning = await collationWarning(database.directUrl);
    if (warning !== null) process.stderr.write(`${warning}\n`);
    const app = await createApp(config, database);
    const stop = async () => {
      const drain = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN_TIMEOUT);
      await app.close();
      clearTimeout(drain);
      await database.close();
    };
    if (shutdown.isRequested) return await stop();
    const created = await withPreparationLock(database.directUrl, async () => {
      await app.get(SearchFolding).refresh();
      return app.get(FirstStart).prepare();
    });
    // New secrets are printed even if the start is cancelled, because they are not stored in clear text.
    if (!shutdown.isRequested) await app.listen(config.port, config.host);
    announce(config, created);
    shutdown.onRequest(stop);
  } catch (error) {
    await database.close();
    throw error;
  }
});

function announce(config: Config, { administrator, client, series }: Created): void {
  const lines = [
    `Tankobon serves ${config.publicUrl}`,
    `Administer it in the browser: ${config.publicUrl}/dashboard`,
    `Try the API: ${config.publicUrl}/docs`,
  ];
  if (series > 0) lines.push(`Sample catalog: ${series} series`);
  if (administrator !== null) {
    lines.push(`Administrator: ${administrator.username}`);
    if (administrator.password !== null)
      lines.push(`Administrator's password, shown this once: ${administrator.password}`);
  }
  if (client !== null) {
    lines.push(`First client: ${client.id} (${client.name})`, `Its key, shown this once: ${client.key}`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
