import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { inTurn, migrate } from './database/migrate.js';
import { openDatabase, type RunningDatabase } from './database/running-database.js';
import { type Created, FirstStart } from './first-start/first-start.js';
import { requireFreePort, run } from './run.js';
import { SearchFolding } from './search/search-folding.js';

/** Milliseconds that requests in flight have to finish after SIGTERM. */
const DRAIN = 10_000;

void run(async () => {
  const config = readConfig();
  await requireFreePort(config.host, config.port);
  const database = await openDatabase(config, 'service');
  try {
    await migrate(database.directUrl);
    const app = await createApp(config, database);
    stopOnSignal(app, database);
    const created = await inTurn(database.directUrl, async () => {
      await app.get(SearchFolding).refresh();
      return app.get(FirstStart).prepare();
    });
    await app.listen(config.port, config.host);
    announce(config, created);
  } catch (error) {
    await database.close();
    throw error;
  }
});

/** Stops accepting, finishes what is in flight, closes the database, and the embedded server last. */
function stopOnSignal(app: NestFastifyApplication, database: RunningDatabase): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const late = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN);
    await app.close();
    clearTimeout(late);
    await database.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
}

function announce(config: Config, { administrator, client, series }: Created): void {
  const lines = [`Tankobon serves ${config.publicUrl}`, `Try it in the browser: ${config.publicUrl}/docs`];
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
