import { defineConfig } from 'vitest/config';

/** What takes its time or measures it: each file alone, against the service as production runs it. */
export default defineConfig({
  test: {
    include: ['test/resilience/**/*.test.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
