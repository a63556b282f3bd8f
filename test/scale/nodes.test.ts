import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { ReverseProxy } from '../support/reverse-proxy.js';
import { startS3, type TestS3 } from '../support/s3.js';
import { entryAt, freePort, Service, type ServiceUser } from '../support/service.js';

let folder: string;
let server: EmbeddedPostgres;
let s3: TestS3;
let env: Record<string, string>;
let ports: number[];
let nodes: Service[];
let proxy: ReverseProxy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tankobon-nodes-'));
  server = await EmbeddedPostgres.join(folder, 'service');
  s3 = await startS3();
  env = {
    ...s3.env,
    DATABASE_URL: server.url,
    JWT_SECRET: 'a secret for tests, of more than 32 bytes',
    LOG_LEVEL: 'silent',
    RATE_LIMIT: 'on',
    RATE_LIMIT_PER_MINUTE: '100000',
  };
  ports = [await freePort(), await freePort()];
  // Both nodes start on an empty database.
  nodes = await Promise.all(ports.map((port) => Service.start({ ...env, PORT: String(port) })));
  proxy = await ReverseProxy.before(ports);
});
afterAll(async () => {
  await proxy.close();
  for (const node of nodes) await node.discard();
  await s3.close();
  await server.leave();
  await rm(folder, { recursive: true, force: true });
});

const [A, B] = [0, 1];
const node = (index: number) => nodes[index] as Service;

async function rows<Row extends object>(text: string): Promise<Row[]> {
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const result = await client.query<Row>(text);
  await client.end();
  return result.rows;
}

describe('two nodes on one PostgreSQL', () => {
  it('migrates and seeds an empty database once when two nodes start concurrently', async () => {
    const [migrations] = await rows<{ count: number; names: number }>(
      'select count(*)::int as count, count(distinct name)::int as names from migrations',
    );
    expect(migrations?.count).toBeGreaterThan(5);
    expect(migrations?.names).toBe(migrations?.count);
    const [filled] = await rows<{ clients: number; administrators: number }>(
      `select (select count(*)::int from clients) as clients,
         (select count(*)::int from user_roles ur join roles r on r.id = ur.role_id where r.name = 'admin') as administrators`,
    );
    expect(filled).toEqual({ clients: 1, administrators: 1 });
  });

  it('accepts a session on both nodes, and ends it on both', async () => {
    const user = await node(A).user();
    const me = async (at: number) => (await node(at).fetch('/auth/me', { headers: user.headers })).status;
    expect([await me(A), await me(B)]).toEqual([200, 200]);
    await node(B).fetch('/auth/logout', { method: 'POST', headers: user.headers });
    expect([await me(A), await me(B)]).toEqual([401, 401]);
  });

  it('counts failed sign-ins on both nodes against one limit', async () => {
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 12; attempt++) {
      const answer = await node(attempt % 2).fetch('/auth/login', {
        method: 'POST',
        json: { username: 'nobody-here', password: 'wrong wrong wrong' },
      });
      statuses.push(answer.status);
    }
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses.slice(10)).toEqual([429, 429]);
  });

  it('counts requests of a user on both nodes against one limit', async () => {
    const user = await node(A).user();
    const left = async (at: number) => {
      const { headers } = await node(at).fetch('/user/reading-history', { headers: user.headers });
      return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    };
    // The window of the limit ends with the minute: the test must not cross it.
    if (Date.now() % 60_000 > 30_000) await sleep(60_000 - (Date.now() % 60_000));
    for (let request = 0; request < 20; request++) await left(A);
    // At most 16 requests at B: fewer than the 20 at A.
    const isCounted = async () => (await left(B)) <= 100_000 - 22;
    await expect.poll(isCounted, { timeout: 25_000, interval: 1_600 }).toBe(true);
  });

  it('removes the files of an avatar that one node stored and the other deleted', async () => {
    const user = await node(A).user();
    const picture = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const body = new FormData();
    body.set('image', new Blob([new Uint8Array(picture)]), 'me.png');
    const created = await node(A).fetch(`/v1/users/${user.id}/avatars`, {
      method: 'POST',
      headers: user.headers,
      body,
    });
    expect(created.status).toBe(201);
    const avatar = (await created.json()) as { id: number };
    const shown = await node(B).fetch(`/user/avatar/${user.id}/180x180`, { redirect: 'manual' });
    const picturePath = new URL(shown.headers.get('location') ?? '', node(B).url).pathname;
    const seen = async () =>
      Promise.all([A, B].map(async (at) => (await node(at).fetch(picturePath)).status));
    expect(await seen()).toEqual([200, 200]);
    const deleted = await node(B).fetch(`/v1/avatars/${avatar.id}`, {
      method: 'DELETE',
      headers: user.headers,
    });
    expect(deleted.status).toBe(204);
    // Either node retries a failed removal after 30 seconds.
    await expect.poll(seen).toEqual([404, 404]);
    await expect.poll(() => rows('select from removed_files')).toEqual([]);
  });

  it('completes every request within two attempts while nodes behind a proxy restart in turn', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => node(A).user()));
    const list = (await (await node(A).fetch('/series?limit=1')).json()) as { series: { id: number }[] };
    const id = list.series[0]?.id as number;
    const send = async (user: ServiceUser, verb: string, progress: number) => {
      const answer = await fetch(`${proxy.url}/user/reading-status/${verb}/${id}`, {
        method: 'POST',
        headers: { ...user.headers, 'content-type': 'application/json' },
        body: JSON.stringify(entryAt(progress)),
      }).catch(() => null);
      await answer?.arrayBuffer().catch(() => undefined);
      return answer?.status ?? 0;
    };
    for (const user of users) expect(await send(user, 'add', 0)).toBe(200);
    let [done, retried, ended] = [0, 0, false];
    const failures: number[][] = [];
    const last = new Map<string, number>();
    const reader = async (user: ServiceUser) => {
      for (let count = 1; !ended; count++) {
        const progress = count % 9_999;
        const first = await send(user, 'update', progress);
        const status = first === 200 ? first : await send(user, 'update', progress);
        if (first === 200) done++;
        else retried++;
        if (status !== 200) failures.push([first, status]);
        else last.set(user.id, progress);
      }
    };
    const readers = users.map(reader);
    const before = [...proxy.forwarded];
    for (let restart = 0; restart < 6; restart++) {
      await sleep(600);
      const index = restart % 2;
      // Every third restart is a SIGKILL.
      const isKilled = restart % 3 === 2;
      expect(await node(index).stop(isKilled ? 'SIGKILL' : 'SIGTERM')).toBe(isKilled ? null : 0);
      nodes[index] = await Service.start({ ...env, PORT: String(ports[index]) });
    }
    await sleep(600);
    ended = true;
    await Promise.all(readers);
    process.stdout.write(
      `two nodes behind a proxy, 6 restarts: ${done} requests done at once, ${retried} at the second attempt, ${failures.length} failed\n`,
    );
    expect(failures).toEqual([]);
    // Both nodes served requests, and each last acknowledged update is stored.
    for (const index of [A, B]) expect(proxy.forwarded[index]).toBeGreaterThan(before[index] ?? 0);
    for (const user of users) {
      const answer = await node(B).fetch(`/user/reading-status/id/${id}`, { headers: user.headers });
      expect(((await answer.json()) as { progress: number }).progress).toBe(last.get(user.id));
    }
  });
});
