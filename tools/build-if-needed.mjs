// Builds what is older than its sources, so that `npm start` works in a fresh clone and is fast afterwards. With
// `--dashboard`, that includes the dashboard; the tests of the service do without.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';

const service = {
  name: 'service',
  built: 'dist/src/main.js',
  sources: ['src/**/*.ts', 'mikro-orm.config.ts', 'tsconfig.json', 'nest-cli.json', 'package-lock.json'],
  command: ['nest', 'build'],
};
const dashboard = {
  name: 'dashboard',
  built: 'dashboard/dist/index.html',
  sources: [
    'dashboard/src/**/*',
    'dashboard/index.html',
    'dashboard/*.json',
    'dashboard/*.ts',
    'openapi/openapi.json',
    'package-lock.json',
  ],
  command: ['npm', 'run', '-s', 'build:dashboard'],
};

const isFresh = ({ built, sources }) =>
  existsSync(built) && globSync(sources).every((file) => statSync(file).mtimeMs <= statSync(built).mtimeMs);

for (const part of process.argv.includes('--dashboard') ? [service, dashboard] : [service]) {
  if (isFresh(part)) continue;
  process.stderr.write(`Building the ${part.name}…\n`);
  const [command, ...args] = part.command;
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}
