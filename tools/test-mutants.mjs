// Breaks the code on purpose, one mutant of test/mutants.mjs at a time, in a copy of the project, and runs the tests
// that the mutant names. A mutant that survives them fails. Usage: npm run test:mutants [-- NAME…]; --check only
// verifies that each mutant can be applied.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from '../test/mutants.mjs';

const project = fileURLToPath(new URL('..', import.meta.url));
const arguments_ = process.argv.slice(2);
const onlyChecks = arguments_.includes('--check');
const wanted = arguments_.filter((argument) => !argument.startsWith('--'));
const mutants = MUTANTS.filter(
  ({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
);

/** In tests that start the compiled service. For all others, vitest compiles the files of `src/` itself. */
const COMPILED_SERVICE = /support\/service\.js|'dist'/;

/** Applies a mutant to the text of its file. */
function mutated(text, { name, file, find, replace }) {
  const pattern = find
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('\\s+');
  const places = [...text.matchAll(new RegExp(pattern, 'g'))];
  if (places.length !== 1) throw new Error(`${name}: its text occurs ${places.length} times in ${file}`);
  const [{ index, 0: found }] = places;
  return text.slice(0, index) + replace + text.slice(index + found.length);
}

if (onlyChecks) {
  for (const mutant of mutants) mutated(readFileSync(join(project, mutant.file), 'utf8'), mutant);
  process.stdout.write(`${mutants.length} mutants can be applied\n`);
  process.exit(0);
}

const copy = mkdtempSync(join(tmpdir(), 'tankobon-mutants-'));
const bin = (name) => join(project, 'node_modules', '.bin', name);
const run = (program, ...args) =>
  spawnSync(program, args, { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

let survivors = 0;
try {
  for (const name of ['src', 'test', 'tools', 'data', 'openapi', 'dist'])
    cpSync(join(project, name), join(copy, name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
  for (const name of [
    'package.json',
    'tsconfig.json',
    'nest-cli.json',
    'mikro-orm.config.ts',
    'vitest.config.ts',
    'vitest.operations.config.ts',
  ])
    cpSync(join(project, name), join(copy, name));
  // A mutant may leave names unused.
  const settings = readFileSync(join(copy, 'tsconfig.json'), 'utf8').replace(
    /("noUnused\w+": )true/g,
    '$1false',
  );
  writeFileSync(join(copy, 'tsconfig.json'), settings);
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  for (const mutant of mutants) {
    const path = join(copy, mutant.file);
    const original = readFileSync(path, 'utf8');
    writeFileSync(path, mutated(original, mutant));
    if (mutant.killedBy.some((file) => COMPILED_SERVICE.test(readFileSync(join(copy, file), 'utf8')))) {
      const built = run(bin('nest'), 'build');
      if (built.status !== 0)
        throw new Error(`${mutant.name} does not compile: ${built.stdout}${built.stderr}`);
    }
    const config = mutant.killedBy.some((file) => file.startsWith('test/start/'))
      ? 'vitest.operations.config.ts'
      : 'vitest.config.ts';
    const { status, stdout } = run(bin('vitest'), 'run', '--bail=1', '--config', config, ...mutant.killedBy);
    const isDead = status !== 0 && /Tests\s+\d+ failed/.test(stdout);
    process.stdout.write(`${isDead ? 'killed' : 'SURVIVED'}: ${mutant.name}\n`);
    if (!isDead) {
      survivors++;
      process.stdout.write(stdout.slice(-2000));
    }
    writeFileSync(path, original);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${mutants.length - survivors} mutants killed, ${survivors} survived\n`);
process.exit(survivors === 0 ? 0 : 1);
