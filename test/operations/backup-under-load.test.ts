import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { BackupReader, textOf } from '../../src/backup/backup-reader.js';
import type { BackupManifest } from '../../src/backup/backup-content.js';
import { PROJECT_FOLDER } from '../../src/project-folder.js';
import { filesIn, SILENT, temporaryFolder } from '../support/backups.js';
import { type ExternalPostgres, startExternal } from '../support/external-postgres.js';
import { entryAt, Service, type ServiceUser } from '../support/service.js';

const CLIENTS = 16;
/** The tables whose rows a restore ends or changes: see `endWorkInProgress`. */
const ENDED = ['sessions', 'queued_jobs', 'removed_files', 'rate_limits', 'reader_counters', 'installation'];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let service: Service;
let file: string;
const servers: ExternalPostgres[] = [];

/** Runs a command as an operator does. @returns what it prints */
async function command(name: string, path: string, env: Record<string, string>): Promise<string> {
  const program = join(PROJECT_FOLDER, 'dist', 'src', 'commands', `${name}.js`);
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--max-semi-space-size=8', '--max-old-space-size=144', program, path],
      { env: { PATH: process.env['PATH'], ...env } },
      (error, stdout, stderr) => (error ? reject(new Error(stderr)) : resolve(stdout)),
    );
  });
}

async function manifestOf(path: string): Promise<BackupManifest> {
  const backup = await BackupReader.open(path, SILENT);
  try {
    for await (const { name, content } of backup.entries(SILENT)) {
      const text = name === 'manifest.json' ? await textOf(content) : null;
      if (text !== null) return JSON.parse(text) as BackupManifest;
      for await (const _ of content);
    }
    throw new Error('no manifest');
  } finally {
    await backup.close();
  }
}

/** Changes entries, ratings and pictures until the end. */
class Writer {
  writes = 0;
  private ended = false;

  constructor(
    private readonly user: ServiceUser,
    private readonly picture: Buffer,
  ) {}

  end(): void {
    this.ended = true;
  }

  async run(): Promise<void> {
    for (let round = 1; !this.ended; round++) {
      for (let series = 1; series <= 20 && !this.ended; series++) {
        await this.send(
          'POST',
          `/user/reading-status/${round === 1 ? 'add' : 'update'}/${series}`,
          entryAt(round),
        );
        await this.send('POST', `/user/series-rating/${round === 1 ? 'add' : 'update'}/${series}`, {
          rating: 1 + (round % 10),
        });
        if (series % 10 === 0) await this.replacePicture();
        if (series % 7 === 0 && round > 1) {
          await this.send('DELETE', `/user/reading-status/delete/${series}`);
          await this.send('POST', `/user/reading-status/add/${series}`, entryAt(round));
        }
      }
    }
  }

  private async send(method: string, path: string, json?: object): Promise<void> {
    const answer = await service.fetch(path, { method, headers: this.user.headers, json });
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${await answer.text()}`);
    await answer.body?.cancel();
    this.writes++;
  }

  private async replacePicture(): Promise<void> {
    await this.send('POST', `/user/update-image/${this.user.id}`, { image: this.picture.toString('base64') });
  }
}

beforeAll(async () => {
  folder = await temporaryFolder();
  service = await Service.start({ DATA_DIR: join(folder.path, 'data') });
  const writers: Writer[] = [];
  for (let index = 0; index < CLIENTS; index++) {
    const create = { width: 20, height: 20, channels: 3 as const, background: { r: index * 15, g: 9, b: 9 } };
    writers.push(new Writer(await service.user(), await sharp({ create }).png().toBuffer()));
  }
  const running = Promise.all(writers.map((writer) => writer.run()));
  running.catch(() => undefined);
  while (writers.some(({ writes }) => writes < 60)) await Promise.race([sleep(50), running]);
  file = join(folder.path, 'backup.tar');
  const before = writers.reduce((sum, { writes }) => sum + writes, 0);
  const printed = await command('backup', file, { DATA_DIR: service.dataDir });
  const meanwhile = writers.reduce((sum, { writes }) => sum + writes, 0) - before;
  for (const writer of writers) writer.end();
  await running;
  process.stdout.write(`${printed.trim()}; ${before} writes before the backup, ${meanwhile} during it\n`);
  expect(meanwhile).toBeGreaterThan(0);
});

afterAll(async () => {
  for (const server of servers) await server.close();
  await service.discard();
  await folder.remove();
});

describe(`a backup under ${CLIENTS} writing clients`, () => {
  it.each([18, 17, 16])(
    'is restored into an external PostgreSQL %i with the same rows and pictures',
    async (major) => {
      const server = await startExternal(major);
      servers.push(server);
      const data = join(folder.path, `data-${major}`);
      await mkdir(data);
      const env = { DATABASE_URL: server.url, DATA_DIR: data };
      process.stdout.write(`PostgreSQL ${server.version}: ${(await command('restore', file, env)).trim()}\n`);
      const again = join(folder.path, `again-${major}.tar`);
      await command('backup', again, env);
      const [original, restored] = [await manifestOf(file), await manifestOf(again)];
      expect(Object.keys(restored.tables).toSorted()).toEqual(Object.keys(original.tables).toSorted());
      // COPY returns rows in the order in which they were restored, so that the checksums of their text are comparable.
      for (const [name, sum] of Object.entries(original.tables))
        if (!ENDED.includes(name)) expect({ [name]: restored.tables[name] }).toEqual({ [name]: sum });
      expect(restored.sequences).toEqual(original.sequences);
      expect(restored).toMatchObject({
        missing: 0,
        pictures: original.pictures,
        files: original.files,
        bytes: original.bytes,
      });
      expect(original).toMatchObject({ missing: 0, pictures: CLIENTS, files: CLIENTS * 11 });
      expect(Object.keys(await filesIn(join(data, 'images')))).toHaveLength(CLIENTS * 11);
      await expectConsistent(server.url);
    },
  );

  it('starts and serves from the restored database', async () => {
    const [server] = servers;
    const restored = await Service.start({
      DATABASE_URL: server?.url ?? '',
      DATA_DIR: join(folder.path, 'data-18'),
    });
    const answer = await restored.fetch('/auth/login', {
      method: 'POST',
      json: { username: 'reader1', password: 'correct horse battery' },
    });
    expect(answer.status).toBe(200);
    const { user } = (await answer.json()) as { user: { profile_image: string } };
    expect((await restored.fetch(new URL(user.profile_image).pathname)).status).toBe(200);
    expect(await restored.stop()).toBe(0);
  });

  it('is restored into another embedded PostgreSQL', async () => {
    const data = join(folder.path, 'embedded');
    await command('restore', file, { DATA_DIR: data });
    const again = join(folder.path, 'embedded.tar');
    await command('backup', again, { DATA_DIR: data });
    const [original, restored] = [await manifestOf(file), await manifestOf(again)];
    for (const [name, sum] of Object.entries(original.tables))
      if (!ENDED.includes(name)) expect({ [name]: restored.tables[name] }).toEqual({ [name]: sum });
    expect((await stat(again)).mode & 0o777).toBe(0o600);
  });
});

/** Counters, versions and rows that one request writes together belong to the same moment. */
async function expectConsistent(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ wrong: string }>(`
    select 'reading_counts' as wrong from (
      select user_id, visibility, status, series_client, sum(n) from (
        select user_id, visibility::text, status::text, series_client, total as n from reading_counts
        union all select user_id, visibility::text, status::text, series_client, -count(*) from reading_entries group by 1, 2, 3, 4
      ) as both_sides group by 1, 2, 3, 4 having sum(n) <> 0) as different
    union all select 'rating_totals' from (
      select series_id, sum(n) from (
        select series_id, count as n from rating_totals union all select series_id, count from rating_shards
        union all select series_id, -count(*) from ratings group by 1
      ) as both_sides group by 1 having sum(n) <> 0) as different
    union all select 'versions' from reading_entries e join reader_counters c using (user_id) where e.version > c.number
    union all select 'events' from reading_entries e where not exists (
      select from reader_events v where v.user_id = e.user_id and v.number = e.version)`);
  expect(rows).toEqual([]);
  await client.end();
}
