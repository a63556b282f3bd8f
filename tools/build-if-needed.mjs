// Builds when the sources are newer than the last build, so that `npm start` works in a fresh clone and is fast
// afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';

const built = 'dist/src/main.js';
const sources = ['src/**/*.ts', 'mikro-orm.config.ts', 'tsconfig.json', 'nest-cli.json', 'package-lock.json'];

const isFresh =
  existsSync(built) && globSync(sources).every((file) => statSync(file).mtimeMs <= statSync(built).mtimeMs);

if (!isFresh) {
  process.stderr.write('Building…\n');
  const { status } = spawnSync('nest', ['build'], { stdio: ['ignore', 'inherit', 'inherit'] });
  process.exit(status ?? 1);
}
