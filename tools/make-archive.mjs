// Makes the archive of data of a version, which tests restore into later versions:
//   npm run build && node tools/make-archive.mjs VERSION [FOLDER]
// FOLDER has the built program of that version (default: this one). It fills a new database through its own API; the
// backup is written by this program.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { EmbeddedPostgres } from '../dist/src/embedded-postgres/embedded-postgres.js';

const [version, program = '.'] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version ?? ''))
  throw new Error('Usage: node tools/make-archive.mjs VERSION [FOLDER]');
const archives = join('test', 'upgrades', 'archives');
const content = JSON.parse(readFileSync(join(archives, 'content.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'tankobon-archive-'));
const server = await EmbeddedPostgres.join(join(folder, 'database'), 'service');
const port = await freePort();
const env = {
  PATH: process.env.PATH,
  DATABASE_URL: server.url,
  DATA_DIR: join(folder, 'data'),
  JWT_SECRET: 'a secret for archives, of more than 32 bytes',
  RATE_LIMIT: 'off',
  SHED_LOAD: 'off',
  LOG_LEVEL: 'error',
  PORT: String(port),
};
const service = spawn(process.execPath, ['dist/src/main.js'], {
  cwd: resolve(program),
  env,
  stdio: 'inherit',
});
const ended = new Promise((done) => service.once('exit', done));
try {
  const api = `http://localhost:${port}`;
  for (let tries = 0; !(await fetch(`${api}/health/ready`).catch(() => null))?.ok; tries++) {
    if (tries === 600 || service.exitCode !== null) throw new Error('The service does not start');
    await sleep(100);
  }
  await fill(api);
  const file = join(folder, 'backup.tar');
  const { status } = spawnSync(process.execPath, ['dist/src/commands/backup.js', file], {
    env,
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('There is no backup');
  const packed = gzipSync(readFileSync(file), { level: 9 });
  writeFileSync(join(archives, `${version}.tar.gz`), packed);
  process.stdout.write(`${version}.tar.gz: ${packed.length} bytes\n`);
} finally {
  service.kill();
  await ended;
  await server.leave();
  rmSync(folder, { recursive: true, force: true });
}

/** Gives each user entries, ratings, items, settings, an avatar and photos. */
async function fill(api) {
  const client = 1;
  const picture = await sharp({ create: { width: 12, height: 9, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
  const send = async (path, body, token) => {
    const isForm = body instanceof FormData;
    const headers = {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(!isForm && { 'content-type': 'application/json' }),
    };
    const answer = await fetch(api + path, {
      method: 'POST',
      headers,
      body: isForm ? body : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };
  const { series } = await (await fetch(`${api}/series?limit=100&order=added-asc`)).json();
  const volumes = [];
  for (const { id } of series.slice(0, 40))
    volumes.push(...(await (await fetch(`${api}/series/${id}/volumes`)).json()).volumes);
  for (const fields of content.users) {
    const { accessToken: token, user } = await send('/auth/register', {
      ...fields,
      password: content.password,
    });
    for (const [index, entry] of content.entries.entries())
      await send(`/user/reading-status/add/${series[index].id}`, { ...entry, client }, token);
    for (const [index, rating] of content.ratings.entries())
      await send(`/user/series-rating/add/${series[index].id}`, { rating }, token);
    for (const [index, item] of content.items.entries())
      await send(`/user/collection/add/${volumes[index].id}`, { ...item, client }, token);
    await send(`/users/${user.id}/save-settings`, content.settings, token);
    const form = (more = {}) => {
      const data = new FormData();
      for (const [name, value] of Object.entries(more)) data.set(name, value);
      data.set('image', new Blob([picture], { type: 'image/png' }), 'picture.png');
      return data;
    };
    await send(`/v1/users/${user.id}/avatars`, form(), token);
    for (let photo = 0; photo < content.photos; photo++)
      await send(`/v1/users/${user.id}/photos`, form({ client: String(client) }), token);
  }
}

async function freePort() {
  const listener = createServer().listen(0, 'localhost');
  await new Promise((done) => listener.once('listening', done));
  const { port: free } = listener.address();
  await new Promise((done) => listener.close(done));
  return free;
}
