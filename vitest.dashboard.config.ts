import { defineConfig } from 'vitest/config';

/** The dashboard, in a browser, against the service as production runs it. */
export default defineConfig({
  test: {
    include: ['test/dashboard/**/*.test.ts'],
    globalSetup: ['test/dashboard/setup.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    // One service and one browser for all tests.
    maxWorkers: 1,
    fileParallelism: false,
    // Limits for what hangs, not for what is slow.
    testTimeout: 900_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
