import { defineConfig } from 'vitest/config';

/** More than one node, and more than one database server. */
export default defineConfig({
  test: {
    include: ['test/scale/**/*.test.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    // Limits for what hangs, not for what is slow.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
