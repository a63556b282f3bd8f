import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/resilience/**', 'test/scale/**'],
    globalSetup: ['test/support/postgres.ts'],
    setupFiles: ['reflect-metadata'],
    pool: 'forks',
    // Threads of the service run in Node, which vitest does not transform files for.
    execArgv: ['--import', fileURLToPath(new URL('test/support/typescript-imports.mjs', import.meta.url))],
    // More than the cores of a small machine: tests of starts and stops mostly wait.
    maxWorkers: 3,
    // Limits for what hangs, not for what is slow: the suite also passes on a machine with other work.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
