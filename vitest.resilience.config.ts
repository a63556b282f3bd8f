import { defineConfig } from 'vitest/config';

/** What takes its time or measures it: each file alone, against the service as production runs it. */
export default defineConfig({
  test: {
    include: ['test/resilience/**/*.test.ts', 'test/reading-history/devices.test.ts'],
    // For the devices, whose server runs in the test's process.
    globalSetup: ['test/support/postgres.ts'],
    setupFiles: ['reflect-metadata'],
    // `npm test` runs the devices with few operations.
    env: {
      DEVICES_SEEDS: process.env['DEVICES_SEEDS'] ?? '4',
      DEVICES_OPERATIONS: process.env['DEVICES_OPERATIONS'] ?? '10000',
    },
    pool: 'forks',
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
    // The service answers 503 while its database recovers from a kill.
    expect: { poll: { timeout: 120_000 } },
  },
});
