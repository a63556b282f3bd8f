// Writes of ratings by a thousand users: all of one series, against the same writes spread over a thousand series.
// Usage: npm run bench:rating [-- SECONDS]. Starts a service of its own in a temporary folder.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JwtService } from '@nestjs/jwt';
import { Client } from 'pg';
import { Tokens } from '../dist/src/auth/tokens.js';
import { EmbeddedPostgres } from '../dist/src/database/embedded/embedded-postgres.js';

const USERS = 1000;
const CONNECTIONS = 32;
const ROUNDS = 5;
const seconds = Number(process.argv[2] ?? 4);
const port = 3921;
const folder = await mkdtemp(join(tmpdir(), 'tankobon-bench-'));
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

const service = spawn(process.execPath, ['dist/src/main.js'], {
  env: { ...process.env, DATA_DIR: folder, PORT: String(port), RATE_LIMIT: 'off', LOG_LEVEL: 'error' },
  stdio: 'ignore',
});
try {
  while (!(await fetch(`http://localhost:${port}/health/ready`).catch(() => null))?.ok) await sleep(50);
  const server = await EmbeddedPostgres.join(folder, 'script');
  const { tokens, series } = await seed(server.url);
  const rates = { hot: [], spread: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ['hot', 'spread']) rates[kind].push(await measure(tokens, series, kind));
  }
  await server.leave();
  const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
  const [hot, spread] = [median(rates.hot), median(rates.spread)];
  process.stdout.write(`spread over ${series.length} series: ${Math.round(spread)} writes/s\n`);
  process.stdout.write(
    `all on one series: ${Math.round(hot)} writes/s, ${(hot / spread).toFixed(2)} of that\n`,
  );
} finally {
  service.kill('SIGTERM');
  await new Promise((resolve) => service.once('close', resolve));
  await rm(folder, { recursive: true, force: true });
}

async function seed(url) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    `insert into series (external_id, name, type, slug, origin, search_text, digest)
     select 'bench-' || i, 'Bench ' || i, 'Manga', 'bench', 'Japanese', '', '' from generate_series(1, 1000) i`,
  );
  await client.query(
    `insert into users (id, username, slug, password_hash)
     select lpad(to_hex(i), 24, '0'), 'bench' || i, 'bench' || i, '' from generate_series(1, $1::int) i`,
    [USERS],
  );
  await client.query(
    `insert into user_roles select u.id, r.id from users u, roles r where u.username like 'bench%' and r.name = 'user'`,
  );
  await client.query(
    `insert into sessions (user_id, id, expires, ip) select id, gen_random_uuid(), now() + '1 day', '' from users where username like 'bench%'`,
  );
  await client.query(
    `insert into ratings select u.id, s.id, 5 from users u join series s on s.external_id = 'bench-1' or s.external_id = 'bench-' || replace(u.username, 'bench', '') where u.username like 'bench%'`,
  );
  await client.query(
    `insert into rating_counts (series_id, shard, count, sum, r5) select series_id, 0, count(*), 5 * count(*), count(*) from ratings group by series_id`,
  );
  await client.query('vacuum analyze');
  const sessions = await client.query(
    `select s.user_id, s.id from sessions s join users u on u.id = s.user_id where u.username like 'bench%' order by length(u.username), u.username`,
  );
  const series = await client.query(`select id from series where external_id like 'bench-%' order by id`);
  await client.end();
  const secret = await readFile(join(folder, 'jwt.secret'), 'utf8');
  const made = new Tokens(
    new JwtService({ secret, signOptions: { algorithm: 'HS256', issuer: 'tankobon' } }),
  );
  return {
    tokens: sessions.rows.map((row) => made.accessToken(row.user_id, row.id)),
    series: series.rows.map((row) => row.id),
  };
}

async function measure(tokens, series, kind) {
  const end = Date.now() + seconds * 1000;
  let writes = 0;
  let next = 0;
  const worker = async () => {
    while (Date.now() < end) {
      const index = next++ % tokens.length;
      const id = kind === 'hot' ? series[0] : series[index];
      const status = await rate(tokens[index], id, 1 + (next % 90) / 10);
      if (status !== 200) throw new Error(`status ${status}`);
      writes++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return writes / seconds;
}

function rate(token, id, rating) {
  const body = JSON.stringify({ rating: Number(rating.toFixed(1)) });
  return new Promise((resolve, reject) => {
    const call = request(
      {
        agent,
        port,
        path: `/user/series-rating/update/${id}`,
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': body.length,
        },
      },
      (response) => response.resume().on('end', () => resolve(response.statusCode)),
    );
    call.on('error', reject);
    call.end(body);
  });
}
