import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Files that replace modules, or that run the tests of other files again: each needs modules of its own. */
const OWN_MODULES = [
  'test/avatars/avatars.test.ts',
  'test/images/images-on-s3.test.ts',
  'test/images/one-decode.test.ts',
  'test/photos/photos.test.ts',
];
const OTHER_SUITES = [
  'test/resilience/**',
  'test/scale/**',
  'test/dashboard/**',
  'test/api/swagger-ui.test.ts',
  'test/operations/**',
  'test/start/**',
  'test/upgrades/**',
];

export default defineConfig({
  test: {
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
    projects: [
      {
        extends: true,
        test: {
          name: 'shared modules',
          include: ['test/**/*.test.ts'],
          exclude: [...OTHER_SUITES, ...OWN_MODULES],
          // The files of a worker share the modules that they import: loading the service costs more than most tests.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'own modules', include: OWN_MODULES } },
    ],
  },
});
