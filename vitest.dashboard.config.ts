import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The pages in a browser: the dashboard, against the service as production runs it, and Swagger UI. */
export default defineConfig({
  test: {
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // Limits for what hangs, not for what is slow.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'dashboard',
          include: ['test/dashboard/**/*.test.ts'],
          // One service and one browser for all its tests.
          globalSetup: ['test/dashboard/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'Swagger UI',
          include: ['test/api/swagger-ui.test.ts'],
          globalSetup: ['test/support/postgres.ts'],
          execArgv: [
            '--import',
            fileURLToPath(new URL('test/support/typescript-imports.mjs', import.meta.url)),
          ],
        },
      },
    ],
  },
});
