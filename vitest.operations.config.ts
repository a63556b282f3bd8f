import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Starts of the service, data of earlier versions, backups under load, and other major versions of PostgreSQL. */
export default defineConfig({
  test: {
    include: ['test/{operations,start,upgrades}/**/*.test.ts'],
    globalSetup: ['test/support/postgres.ts'],
    setupFiles: ['reflect-metadata'],
    execArgv: ['--import', fileURLToPath(new URL('test/support/typescript-imports.mjs', import.meta.url))],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // Limits for what hangs, not for what is slow.
    testTimeout: 900_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
