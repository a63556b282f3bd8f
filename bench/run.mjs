// The benchmark: compares the service as in production with LIMIT, the least program that could answer the same
// requests. See bench/README.md.
// Usage: npm run bench [-- --data FOLDER] [--scale 1] [--seconds 4] [--rounds 5] [--only NAME,NAME] [--json FILE]
// [--docs FILE] [--chart FILE] [--alone] [--brief] [--check] [--port 3931]
// --docs writes the tables into a page that has the markers of markdown.mjs. --alone leaves LIMIT out, --brief growth and
// avatars. --check compares the answers and measures nothing. LIMIT listens on the port after --port.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { JwtService } from '@nestjs/jwt';
import { Client } from 'pg';
import { Tokens, tokenKey } from '../dist/src/access/tokens.js';
import { ChangesCursor } from '../dist/src/reading-history/changes-cursor.js';
import { EmbeddedPostgres } from '../dist/src/embedded-postgres/embedded-postgres.js';
import { compareAnswers } from './compare.mjs';
import { growthRounds, measure, median, medians } from './measure.mjs';
import { OPERATIONS, requestsOf } from './operations.mjs';
import { startServer } from './processes.mjs';
import { chartOf } from './chart.mjs';
import { fillLimitTables } from './limit-tables.mjs';
import { writeResults } from './markdown.mjs';
import { printAvatar, printGrowth, printTable } from './report.mjs';
import { measuredReaders, seed, SIZES } from './seed.mjs';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    scale: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    json: { type: 'string' },
    docs: { type: 'string' },
    chart: { type: 'string' },
    alone: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    port: { type: 'string', default: '3931' },
  },
});
const scale = Number(options.scale);
const seconds = Number(options.seconds);
const rounds = Number(options.rounds);
const port = Number(options.port);
if (options.alone && options.docs) throw new Error('--docs needs the figures of LIMIT');

const folder = options.data ? resolve(options.data) : await mkdtemp(join(tmpdir(), 'tankobon-bench-'));
const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
const [, startVariable, startValue, startArguments] = /&& (\w+)=(\S+) exec node (.*)$/.exec(scripts.start);
const startService = () =>
  startServer(
    startArguments.split(' '),
    port,
    // Rate limits count but are never reached. Load shedding would reject the requests that are measured.
    { DATA_DIR: folder, RATE_LIMIT_PER_MINUTE: '99999999', SHED_LOAD: 'off', [startVariable]: startValue },
    '/health/ready',
  );

let service = await startService();
const server = await EmbeddedPostgres.join(folder, 'script');
const servers = {};
try {
  const seeded = join(folder, 'seeded.json');
  if (!existsSync(seeded)) {
    const begin = Date.now();
    await withClient((client) => seed(client, scale));
    await writeFile(seeded, JSON.stringify({ scale }));
    process.stdout.write(`seeded at scale ${scale} in ${Math.round((Date.now() - begin) / 1000)} s\n`);
    // A restart discards the plans that PostgreSQL made for empty tables.
    await service.stop();
    service = await startService();
  } else if (JSON.parse(await readFile(seeded, 'utf8')).scale !== scale) {
    throw new Error(`${folder} was seeded at another scale`);
  }
  servers.service = service;
  const secret = await readFile(join(folder, 'jwt.secret'), 'utf8');
  const key = tokenKey(secret);
  const cursors = new ChangesCursor(key);
  const tokens = new Tokens(
    new JwtService({ secret: key, signOptions: { algorithm: 'HS256', issuer: 'tankobon' } }),
  );
  const tokenOf = ({ id, session }) => tokens.accessToken(id, session);
  const cursorOf = ({ id }, after) => cursors.write(id, { after, since: Date.now() }, null);
  const credentials = { tokenOf, cursorOf };
  const readers = measuredReaders(scale);
  await rateTheHotSeries(service.url, [...readers.ordinary, ...[...readers.bySize.values()].flat()], tokenOf);
  if (!options.alone) {
    await withClient(fillLimitTables);
    servers.limit = await startServer(
      ['bench/limit-server.mjs'],
      port + 1,
      { DATABASE_URL: server.url, JWT_SECRET: secret },
      '/ready',
    );
  }
  const postmaster = Number.parseInt(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10);

  const only = options.only?.split(',');
  const operations = OPERATIONS.filter(({ name }) => only === undefined || only.includes(name));
  if (servers.limit) await compareAnswers(servers, operations, readers, credentials);
  if (!options.check) await measureAll();

  async function measureAll() {
    const results = [];
    for (const operation of operations) {
      const measured = await alternated(operation, readers.ordinary, rounds);
      results.push({ name: operation.name, label: operation.label, aim: operation.aim, ...measured });
    }
    const growth = [];
    const growing = options.brief ? [] : operations.filter(({ growth: bound }) => bound !== undefined);
    for (const operation of growing) {
      const sizes = {};
      for (const size of SIZES)
        sizes[size] = await alternated(operation, readers.bySize.get(size), growthRounds(rounds));
      growth.push({ name: operation.name, label: operation.label, bound: operation.growth, sizes });
    }
    const wantsAvatar = !options.brief && (only === undefined || only.includes('avatar'));
    const avatar = wantsAvatar ? measureAvatars() : null;
    const report = {
      date: new Date().toISOString().slice(0, 10),
      machine: `${cpus().length} processors (${cpus()[0].model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`,
      scale,
      seconds,
      rounds,
      results,
      avatar,
      growth,
      storage: await withClient(storageOf),
    };
    printTable(report);
    printAvatar(report);
    printGrowth(report);
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
    if (options.docs) await writeResults(options.docs, report, command);
    if (options.chart) await writeFile(options.chart, chartOf(report));
  }

  /** Runs rounds of both servers alternately. Returns the medians of each server, and of the rounds' ratios. */
  async function alternated(operation, who, times) {
    const runs = { service: [], limit: [] };
    for (let round = 0; round <= times; round++) {
      const requests = requestsOf(operation, who, credentials);
      // The second server of a round finds warm caches, so the order alternates.
      const names = Object.keys(servers);
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        const { clients } = operation;
        const run = { server: servers[name], postmaster, requests, clients };
        // The first round is a warm-up.
        const figures = await measure({ ...run, seconds: round === 0 ? Math.min(seconds, 2) : seconds });
        if (round > 0) runs[name].push(figures);
      }
    }
    const summary = Object.fromEntries(Object.keys(servers).map((name) => [name, medians(runs[name])]));
    if (servers.limit === undefined) return summary;
    const ratio = (of) => median(runs.service.map((one, index) => of(one) / of(runs.limit[index])));
    return {
      ...summary,
      ratio: {
        perSecond: ratio((run) => run.perSecond),
        p99: ratio((run) => run.p99),
        cpu: ratio((run) => run.cpu + run.databaseCpu),
      },
    };
  }
} finally {
  await servers.limit?.stop();
  await service.stop();
  await server.leave();
  if (!options.data) await rm(folder, { recursive: true, force: true });
}

/** Does something with a connection to the database. */
async function withClient(work) {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows of each of the service's tables, and bytes with its indexes. */
async function storageOf(client) {
  const { rows } = await client.query(
    `select relname as table, greatest(reltuples, 0)::int8::text as rows, pg_total_relation_size(oid)::text as bytes
     from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and reltuples > 0 order by 1`,
  );
  return rows.map(({ table, rows: number, bytes }) => ({
    table,
    rows: Number(number),
    bytes: Number(bytes),
  }));
}

/** Runs in a process of its own, so that earlier measurements do not influence it. */
function measureAvatars() {
  const file = join(folder, 'avatars.json');
  execFileSync(process.execPath, ['bench/images.mjs', '30', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Gives all measured readers a rating of series 1 through the service, so that each can update it. */
async function rateTheHotSeries(url, readers, tokenOf) {
  for (const reader of readers) {
    const answer = await fetch(`${url}/user/series-rating/add/1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokenOf(reader)}`, 'content-type': 'application/json' },
      body: '{"rating": 5}',
    });
    // 409 means that the seed, or a former run in this folder, has rated it.
    if (answer.status !== 200 && answer.status !== 409) throw new Error(`rating series 1: ${answer.status}`);
  }
}
