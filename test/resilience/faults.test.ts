import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { entryAt, HANG, Service, type ServiceUser } from '../support/service.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

async function seriesIds(service: Service): Promise<number[]> {
  const answer = await service.fetch('/series?limit=60');
  return ((await answer.json()) as { series: { id: number }[] }).series.map(({ id }) => id);
}

describe('database failures', () => {
  it('answers 503 while the database is unreachable for 30 seconds, and keeps all sessions', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tankobon-far-'));
    const server = await EmbeddedPostgres.join(folder, 'service');
    const proxy = await TcpProxy.toDatabase(server.url);
    const service = await Service.start({
      DATABASE_URL: proxy.through(server.url),
      JWT_SECRET: 'a secret for tests, of more than 32 bytes',
      LOG_LEVEL: 'silent',
    });
    const users = await Promise.all(Array.from({ length: 5 }, () => service.user()));
    await proxy.close();
    const end = Date.now() + 30_000;
    const statuses = new Map<number, number>();
    const times: number[] = [];
    while (Date.now() < end) {
      await Promise.all(
        users.map(async ({ headers }) => {
          const begin = performance.now();
          const answer = await service.fetch('/auth/me', { headers });
          await answer.arrayBuffer();
          times.push(performance.now() - begin);
          statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        }),
      );
      await sleep(200);
    }
    await proxy.open();
    const begin = performance.now();
    for (;;) {
      const answer = await service.fetch('/auth/me', { headers: users[0]?.headers ?? {} });
      await answer.arrayBuffer();
      if (answer.status === 200) break;
      await sleep(50);
    }
    const recovery = performance.now() - begin;
    print(
      `30 s without a database: ${JSON.stringify([...statuses])}, slowest answer ${Math.max(...times).toFixed(0)} ms, well again after ${recovery.toFixed(0)} ms`,
    );
    expect([...statuses.keys()]).toEqual([503]);
    expect(Math.max(...times)).toBeLessThan(HANG);
    expect(recovery).toBeLessThan(HANG);
    for (const { headers } of users) expect((await service.fetch('/auth/me', { headers })).status).toBe(200);
    expect(await service.stop()).toBe(0);
    await proxy.close();
    await server.leave();
    await rm(folder, { recursive: true, force: true });
    await rm(service.dataDir, { recursive: true, force: true });
  });

  it('answers 503 while a lock holds all connections of the pool', async () => {
    const service = await Service.start({ DATABASE_POOL_SIZE: '3', LOG_LEVEL: 'silent' });
    const user = await service.user();
    const [id] = await seriesIds(service);
    const post = (path: string) =>
      service.fetch(path, { method: 'POST', headers: user.headers, json: entryAt(1) });
    await post(`/user/reading-status/add/${id}`);
    const server = await EmbeddedPostgres.join(service.dataDir, 'script');
    const { Client } = await import('pg');
    const blocker = new Client({ connectionString: server.url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('select from reading_entries for update');
    const times: number[] = [];
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const begin = performance.now();
        const { status } = await post(`/user/reading-status/update/${id}`);
        times.push(performance.now() - begin);
        return status;
      }),
    );
    await blocker.query('rollback');
    await blocker.end();
    await server.leave();
    print(`a pool of 3, blocked: slowest of 40 answers ${Math.max(...times).toFixed(0)} ms`);
    expect(new Set(statuses)).toEqual(new Set([503]));
    // On a machine at rest, at most six seconds: a request waits for two connections and one lock, two seconds each.
    expect(Math.max(...times)).toBeLessThan(HANG);
    expect((await post(`/user/reading-status/update/${id}`)).status).toBe(200);
    await service.discard();
  });
});

describe('a full disk', () => {
  const mounts: string[] = [];
  const canMount = process.getuid?.() === 0 && process.platform === 'linux';

  it.skipIf(!canMount)(
    'answers 507 to uploads while the disk is full, keeps stored pictures, and recovers when there is space',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'tankobon-full-'));
      const images = join(dataDir, 'images');
      await mkdir(images);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', images]);
      mounts.push(images);
      try {
        const service = await Service.start({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
        const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
        const picture = await sharp({
          create: { width: 400, height: 300, channels: 3, background: 'black', noise },
        })
          .jpeg()
          .toBuffer();
        const statuses: number[] = [];
        const users: ServiceUser[] = [];
        for (let count = 0; count < 12; count++) {
          const user = await service.user();
          const body = new FormData();
          body.set('image', new Blob([new Uint8Array(picture)]), 'me.jpg');
          const init = { method: 'POST', headers: user.headers, body };
          const { status } = await service.fetch(`/v1/users/${user.id}/avatars`, init);
          statuses.push(status);
          if (status === 201) users.push(user);
          else expect((await service.fetch(`/v1/users/${user.id}/avatars`)).status).toBe(404);
        }
        expect(new Set(statuses)).toEqual(new Set([201, 507]));
        for (const user of users) {
          const { versions } = (await (await service.fetch(`/v1/users/${user.id}/avatars`)).json()) as {
            versions: Record<string, { url: string }>;
          };
          for (const { url } of Object.values(versions)) expect((await fetch(url)).status).toBe(200);
        }
        execFileSync('mount', ['-o', 'remount,size=50m', images]);
        const late = await service.user();
        const body = new FormData();
        body.set('image', new Blob([new Uint8Array(picture)]), 'me.jpg');
        const init = { method: 'POST', headers: late.headers, body };
        expect((await service.fetch(`/v1/users/${late.id}/avatars`, init)).status).toBe(201);
        print(
          `a full disk: ${statuses.filter((status) => status === 507).length} of 12 uploads refused with 507`,
        );
        expect(await service.stop()).toBe(0);
      } finally {
        execFileSync('umount', [images]);
      }
      await rm(dataDir, { recursive: true, force: true });
    },
  );
});
