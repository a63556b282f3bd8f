import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedPostgres } from '../../src/embedded-postgres/embedded-postgres.js';
import { entryAt, Service, type ServiceUser } from '../support/service.js';

/** How far the replica lags behind, in milliseconds. */
const LAG = 5_000;

const folders: string[] = [];
let primary: EmbeddedPostgres;
let replica: EmbeddedPostgres;
let service: Service;
let reader: ServiceUser;
let series: number;

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tankobon-replica-'));
  folders.push(folder);
  return folder;
}

/** Prepares the data folder of a streaming replica: a copy of the stopped primary. */
async function cloneDataFolder(from: string): Promise<string> {
  const folder = await makeFolder();
  await mkdir(folder, { recursive: true });
  execFileSync('cp', ['-a', join(from, 'postgres'), join(from, 'postgres.password'), folder]);
  const cluster = join(folder, 'postgres');
  await writeFile(join(cluster, 'standby.signal'), '');
  const { password, searchParams } = new URL(primary.url);
  const conninfo = `host=${searchParams.get('host')} user=postgres password=${password} application_name=replica`;
  await appendFile(
    join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = '${conninfo}'\nrecovery_min_apply_delay = '${LAG}ms'\n`,
  );
  return folder;
}

beforeAll(async () => {
  const folder = await makeFolder();
  primary = await EmbeddedPostgres.join(folder, 'service');
  // Schema and catalog must exist before the copy.
  const secret = { JWT_SECRET: 'a secret for tests, of more than 32 bytes', LOG_LEVEL: 'silent' };
  const first = await Service.start({ ...secret, DATABASE_URL: primary.url });
  await first.discard();
  await primary.leave();
  const copy = await cloneDataFolder(folder);
  primary = await EmbeddedPostgres.join(folder, 'service');
  replica = await EmbeddedPostgres.join(copy, 'service');
  service = await Service.start({
    ...secret,
    DATABASE_URL: primary.url,
    DATABASE_REPLICA_URLS: replica.url,
  });
  reader = await service.user();
  const list = (await (await service.fetch('/series?limit=1')).json()) as { series: { id: number }[] };
  series = list.series[0]?.id as number;
});
afterAll(async () => {
  await service.discard();
  await replica.leave();
  await primary.leave();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** The progress on the reader's public profile, as the sender of these headers sees it; null without an entry. */
async function publicProgress(headers: Record<string, string> = {}): Promise<number | null> {
  const answer = await service.fetch(`/profiles/${reader.username}/reading-history`, { headers });
  if (answer.status === 404) return null;
  const page = (await answer.json()) as { series: { 'reading-history': { progress: number } }[] };
  return page.series[0]?.['reading-history'].progress ?? null;
}

describe('a replica that lags five seconds behind', () => {
  it('serves other users from the replica, and the owner of the data from the primary', async () => {
    const other = await service.user();
    // A new session is valid immediately, because credentials are read from the primary.
    expect((await service.fetch('/auth/me', { headers: reader.headers })).status).toBe(200);
    const write = (verb: string, progress: number) =>
      service.fetch(`/user/reading-status/${verb}/${series}`, {
        method: 'POST',
        headers: reader.headers,
        json: entryAt(progress, 'public'),
      });
    expect((await write('add', 1)).status).toBe(200);
    const own = async () =>
      (
        (await (
          await service.fetch(`/user/reading-status/id/${series}`, { headers: reader.headers })
        ).json()) as {
          progress: number;
        }
      ).progress;
    expect(await own()).toBe(1);
    expect(await publicProgress(reader.headers)).toBe(1);
    const seenByOthers = async () => [await publicProgress(), await publicProgress(other.headers)];
    // The replica does not have this user yet: the profile is read from the primary for every visitor.
    expect(await seenByOthers()).toEqual([1, 1]);
    await sleep(LAG + 1_500);
    expect(await seenByOthers()).toEqual([1, 1]);
    expect((await write('update', 2)).status).toBe(200);
    expect(await own()).toBe(2);
    expect(await publicProgress(reader.headers)).toBe(2);
    expect(await seenByOthers()).toEqual([1, 1]);
    await expect.poll(seenByOthers).toEqual([2, 2]);
    // The user who has just rated a series sees the new count; a visitor sees that of the replica.
    const rate = { method: 'POST', headers: reader.headers, json: { rating: 9 } };
    expect((await service.fetch(`/user/series-rating/add/${series}`, rate)).status).toBe(200);
    const count = async (headers: Record<string, string> = {}) =>
      ((await (await service.fetch(`/series/${series}`, { headers })).json()) as { rating_count: number })
        .rating_count;
    expect([await count(reader.headers), await count()]).toEqual([1, 0]);
  });

  it('serves requests from the primary after the replica is killed', async () => {
    const pid = Number.parseInt(
      execFileSync('head', ['-1', join(folders[1] as string, 'postgres', 'postmaster.pid')], {
        encoding: 'utf8',
      }),
      10,
    );
    process.kill(pid, 'SIGKILL');
    for (let request = 0; request < 50; request++) {
      const answer = await service.fetch('/series?limit=5');
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    }
    expect(await publicProgress()).toBe(2);
  });
});
