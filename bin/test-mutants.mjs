// Breaks the code on purpose, one patch of test/mutants at a time, in a copy of the project, and runs the tests that the
// patch names. A mutant that survives them fails. Usage: npm run test:mutants [-- NAME…]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = join(project, 'test', 'mutants');
const wanted = process.argv.slice(2);
const patches = readdirSync(folder)
  .filter((name) => name.endsWith('.patch'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)));
const copy = mkdtempSync(join(tmpdir(), 'tankobon-mutants-'));
const bin = (name) => join(project, 'node_modules', '.bin', name);
const run = (program, ...args) =>
  spawnSync(program, args, { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

let survivors = 0;
try {
  for (const name of ['src', 'test', 'bin', 'data', 'openapi', 'dist'])
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
  ])
    cpSync(join(project, name), join(copy, name));
  // What a mutant leaves unused is part of it.
  const settings = readFileSync(join(copy, 'tsconfig.json'), 'utf8').replace(
    /("noUnused\w+": )true/g,
    '$1false',
  );
  writeFileSync(join(copy, 'tsconfig.json'), settings);
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  for (const patch of patches) {
    const text = readFileSync(join(folder, patch), 'utf8');
    const tests = (/^Killed by: (.+)$/m.exec(text)?.[1] ?? '').split(' ');
    const applied = run('git', 'apply', '--unsafe-paths', join(folder, patch));
    if (applied.status !== 0) throw new Error(`${patch} does not apply: ${applied.stderr}`);
    const built = run(bin('nest'), 'build');
    if (built.status !== 0) throw new Error(`${patch} does not compile: ${built.stdout}${built.stderr}`);
    const { status, stdout } = run(bin('vitest'), 'run', ...tests);
    const failed = /Tests\s+(\d+) failed/.exec(stdout)?.[1];
    const isDead = status !== 0 && failed !== undefined;
    process.stdout.write(
      `${isDead ? `killed by ${failed} tests` : 'SURVIVED'}: ${patch.replace('.patch', '')}\n`,
    );
    if (!isDead) {
      survivors++;
      process.stdout.write(stdout.slice(-2000));
    }
    run('git', 'apply', '--unsafe-paths', '-R', join(folder, patch));
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${patches.length - survivors} mutants killed, ${survivors} survived\n`);
process.exit(survivors === 0 ? 0 : 1);
