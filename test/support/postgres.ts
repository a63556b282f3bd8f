import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { startPgBouncer } from './pgbouncer.js';
import { ANSWERS } from './answers.js';
import { migrate } from '../../src/database/migrate.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection URL of the migrated template database. Other databases of the server differ only in the path. */
    templateUrl: string;
    /** The same URL through PgBouncer with `PGBOUNCER=1`, else empty. */
    poolerUrl: string;
  }
}

/** Starts one embedded PostgreSQL for the run and migrates the template database that each test file clones. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await rm(ANSWERS, { force: true });
  const folder = await mkdtemp(join(tmpdir(), 'tankobon-test-'));
  const server = await EmbeddedPostgres.join(folder, 'service');
  await migrate(server.url);
  project.provide('templateUrl', server.url);
  const pooler = process.env['PGBOUNCER'] === undefined ? null : await startPgBouncer(server.url);
  project.provide('poolerUrl', pooler?.url ?? '');
  return async () => {
    await pooler?.close();
    await server.leave();
    await rm(folder, { recursive: true, force: true });
  };
}
