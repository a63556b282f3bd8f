// Lints the document and runs the generators that frontend teams use over it. A warning of any of them fails.
// Usage: npm ci --prefix openapi/tools && npm run check:generators
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const document = join(here, '..', 'openapi.json');
const out = mkdtempSync(join(tmpdir(), 'tankobon-generators-'));
const orval = join(out, 'orval.config.mjs');
writeFileSync(
  orval,
  `export default { api: { input: ${JSON.stringify(document)}, output: { target: ${JSON.stringify(join(out, 'orval', 'api.ts'))}, client: 'fetch' } } };`,
);
const typescript = join(out, 'tsconfig.json');
writeFileSync(
  typescript,
  JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      noEmit: true,
    },
    include: ['**/*.ts'],
  }),
);

const steps = [
  ['spectral', 'lint', document, '--ruleset', join(here, '..', '..', '.spectral.yaml'), '--fail-severity', 'hint'],
  ['orval', '--config', orval],
  ['swagger-typescript-api', 'generate', '-p', document, '-o', join(out, 'swagger-typescript-api'), '-n', 'api.ts'],
  ['tsc', '-p', typescript],
];
let failed = 0;
for (const [program, ...args] of steps) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(here, 'node_modules', '.bin', program), ...args], {
    encoding: 'utf8',
    cwd: out,
  });
  const said = stdout + stderr;
  const isWell = status === 0 && !/\bwarn(ing)?s?\b(?!.*\b0 warnings)/i.test(said);
  process.stdout.write(`${isWell ? 'ok' : 'FAILED'}: ${program}\n`);
  if (!isWell) {
    failed++;
    process.stdout.write(said);
  }
}
rmSync(out, { recursive: true, force: true });
process.exit(failed === 0 ? 0 : 1);
