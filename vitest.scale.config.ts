import { defineConfig } from 'vitest/config';

/** More than one node, and more than one database server. */
export default defineConfig({
  test: {
    include: ['test/scale/**/*.test.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
