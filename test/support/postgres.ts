import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection URL of the migrated template; databases of the same server differ in the path alone. */
    templateUrl: string;
  }
}

/** Starts one PostgreSQL for the whole run, as the service does, and migrates the template that every file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tankobon-test-'));
  const server = await EmbeddedPostgres.join(folder, 'service');
  await migrate(server.url);
  // What a crash may lose is tested with the service's own server. Here a busy disk must not look like a slow service.
  const client = new Client({ connectionString: server.url });
  await client.connect();
  await client.query('alter role current_user set synchronous_commit = off');
  await client.end();
  project.provide('templateUrl', server.url);
  return async () => {
    await server.leave();
    await rm(folder, { recursive: true, force: true });
  };
}
