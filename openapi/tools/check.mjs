// Lints the document, and runs the generators that frontend teams use over it. Their output must compile with
// `strict`, and the generated clients must register, find a series and write an entry at a running service. A warning
// of the linter or of a generator fails. Usage: npm ci --prefix openapi/tools && npm run check:generators
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const project = join(here, '..', '..');
const document = join(project, 'openapi', 'openapi.json');
const out = mkdtempSync(join(tmpdir(), 'tankobon-generators-'));
const at = (...names) => join(out, ...names);
const write = (name, value) =>
  writeFileSync(at(name), typeof value === 'string' ? value : JSON.stringify(value));

symlinkSync(join(here, 'node_modules'), at('node_modules'));
mkdirSync(at('rtk'));
cpSync(join(here, 'scenarios'), at('scenarios'), { recursive: true });
write('package.json', { type: 'module' });
write(
  'orval.config.mjs',
  `export default ${JSON.stringify({
    api: {
      input: document,
      output: {
        mode: 'split',
        target: at('orval', 'api.ts'),
        client: 'fetch',
        mock: { generators: [{ type: 'msw', useExamples: true }, { type: 'faker', useExamples: true }] },
      },
    },
    zod: { input: document, output: { target: at('orval-zod', 'api.ts'), client: 'zod' } },
  })};`,
);
write(
  'kubb.config.mjs',
  `import { defineConfig } from '@kubb/core';
import { pluginClient } from '@kubb/plugin-client';
import { pluginOas } from '@kubb/plugin-oas';
import { pluginTs } from '@kubb/plugin-ts';
export default defineConfig({
  root: ${JSON.stringify(out)},
  input: { path: ${JSON.stringify(document)} },
  output: { path: ${JSON.stringify(at('kubb'))}, extension: { '.ts': '' } },
  plugins: [pluginOas(), pluginTs(), pluginClient({ client: 'fetch' })],
});
`,
);
// Silent, because the list of written files contains a model whose name would be taken for a warning.
write('ng.json', { input: document, output: at('angular'), silent: true });
write('rtk.json', {
  schemaFile: document,
  apiFile: at('scenarios', 'base-api.ts'),
  apiImport: 'baseApi',
  outputFile: at('rtk', 'api.ts'),
  exportName: 'api',
});
write('tsconfig.json', {
  compilerOptions: {
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2024', 'dom', 'dom.iterable'],
    types: ['node'],
    typeRoots: [join(project, 'node_modules', '@types')],
    strict: true,
    skipLibCheck: true,
    experimentalDecorators: true,
    noEmit: true,
  },
  include: ['**/*.ts'],
});

let failed = 0;
function report(name, succeeded, output) {
  process.stdout.write(`${succeeded ? 'ok' : 'FAILED'}: ${name}\n`);
  if (succeeded) return;
  failed++;
  process.stdout.write(output);
}

function step(program, ...args) {
  const options = { encoding: 'utf8', cwd: out, env: { ...process.env, NO_COLOR: '1' } };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(here, 'node_modules', '.bin', program), ...args],
    options,
  );
  const output = stdout + stderr;
  report(program, status === 0 && !/\bwarn(ing)?s?\b(?!.*\b0 warnings)/i.test(output), output);
}

step('spectral', 'lint', document, '--ruleset', join(project, '.spectral.yaml'), '--fail-severity', 'hint');
step('openapi-typescript', document, '-o', at('openapi-typescript', 'schema.ts'));
step('orval', '--config', at('orval.config.mjs'));
step('kubb', 'generate', '--config', at('kubb.config.mjs'));
step('ng-openapi-gen', '--config', at('ng.json'));
step('rtk-query-codegen-openapi', at('rtk.json'));
step('swagger-typescript-api', 'generate', '-p', document, '-o', at('swagger-typescript-api'), '-n', 'api.ts');
step('tsc', '-p', at('tsconfig.json'));

/** Starts the service with a data folder of its own. */
async function startService() {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  const child = spawn(process.execPath, [join(project, 'dist', 'src', 'main.js')], {
    cwd: project,
    env: { ...process.env, DATA_DIR: at('data'), PORT: String(port), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://localhost:${port}`;
  for (;;) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return { url, child };
    if (child.exitCode !== null) throw new Error('The service did not start');
    await sleep(100);
  }
}

const { url, child } = await startService();
try {
  for (const name of ['openapi-fetch', 'orval', 'kubb', 'angular', 'rtk-query']) {
    const bundle = at(`${name}.mjs`);
    const bundled = spawnSync(
      process.execPath,
      [
        join(here, 'node_modules', '.bin', 'esbuild'),
        at('scenarios', `${name}.ts`),
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--target=node24',
        `--outfile=${bundle}`,
      ],
      { encoding: 'utf8', cwd: out },
    );
    const ran = spawnSync(process.execPath, [bundle], {
      encoding: 'utf8',
      env: { ...process.env, SERVER: url },
      timeout: 120_000,
    });
    report(`${name} at a service`, bundled.status === 0 && ran.status === 0, bundled.stderr + ran.stderr);
  }
} finally {
  child.kill('SIGTERM');
  await new Promise((resolve) => child.once('exit', resolve));
  rmSync(out, { recursive: true, force: true });
}
process.exit(failed === 0 ? 0 : 1);
