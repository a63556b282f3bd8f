import { execFile } from 'node:child_process';
import { copyFile, mkdir, open, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createWriteStream } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BackupReader } from '../../src/backup/backup-reader.js';
import { BackupWriter } from '../../src/backup/backup-writer.js';
import { StartError } from '../../src/config.js';
import { migrate } from '../../src/database/migrate.js';
import { FileRemoval } from '../../src/images/file-removal.js';
import { FileSweeper } from '../../src/images/file-sweeper.js';
import { ImageStore } from '../../src/images/image-store.js';
import { LocalImageStore } from '../../src/images/local-image-store.js';
import { NoImageStore } from '../../src/images/no-image-store.js';
import { S3ImageStore } from '../../src/images/s3-image-store.js';
import { PROJECT_FOLDER, PROJECT_VERSION } from '../../src/project-folder.js';
import { readConfig } from '../../src/config.js';
import { RatingRanking } from '../../src/ratings/rating-ranking.js';
import { startApp, type TestApp } from '../support/app.js';
import {
  backUpTo,
  contentOf,
  filesIn,
  restoreFrom,
  schemaOf,
  SILENT,
  temporaryFolder,
} from '../support/backups.js';
import type { TestUser } from '../support/builders.js';
import { emptyDatabase, type TestDatabase } from '../support/database.js';
import { form } from '../support/forms.js';
import { startS3 } from '../support/s3.js';

/** Values that text formats, escapes and time zones can damage. */
const SAMPLES = [
  'two\nlines\r\n, a tab\t, a backslash \\ and \\N, \\., \'quotes" and {braces}',
  '\u0001 control, SPY×FAMILY, 進撃の巨人, e\u0301, 👩‍👩‍👧, \ufeffmark, \u2028',
  '',
  ' ',
  '\\.',
];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let app: TestApp;
let dataDir: string;
let reader: TestUser;
let series: number;
let file: string;
let cursor: string;
/** The path and query of the reader's calendar. */
let calendar: string;
/** What the database had when it was backed up. */
let content: Record<string, string>;
const databases: TestDatabase[] = [];

async function newDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  databases.push(database);
  return database;
}

const storeIn = (name: string) => new LocalImageStore(join(folder.path, name));

/** Fills the installation that the tests back up. */
async function fill(): Promise<void> {
  reader = await app.a.user({ username: 'reader', email: 'reader@example.org' });
  const client = await app.a.clientId();
  series = await app.a.oneSeries({ name: 'Berserk', titles: [{ language: 'ja', title: 'ベルセルク' }] });
  const others = await app.a.series(...Array.from({ length: 30 }, () => ({})));
  const as = app.client.as(reader);
  const entry = await app.a.entry({ visibility: 'public' });
  for (const [index, id] of [series, ...others].entries()) {
    await as.post(`/user/reading-status/add/${id}`, {
      ...entry,
      notes: SAMPLES[index % SAMPLES.length] || undefined,
    });
    await as.post(`/user/series-rating/add/${id}`, { rating: 1 + (index % 10) });
  }
  await as.delete(`/user/reading-status/delete/${others[0]}`);
  const png = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  expect(
    (await as.post(`/v1/users/${reader.id}/avatars`, undefined, form([{ filename: 'me.png', bytes: png }])))
      .status,
  ).toBe(201);
  for (let photo = 0; photo < 3; photo++) {
    const parts = [
      { filename: 'photo.png', bytes: png },
      { name: 'client', bytes: String(client) },
    ];
    expect((await as.post(`/v1/users/${reader.id}/photos`, undefined, form(parts))).status).toBe(201);
  }
  const { body: subscription } = await as.post('/user/calendar/secret');
  calendar = subscription.url.slice(new URL(subscription.url).origin.length);
  ({ cursor } = (await as.get('/user/reading-history/changes')).body);
  const { database } = app;
  for (const [index, text] of SAMPLES.entries()) {
    await database.query(
      `insert into audit_entries (at, actor, action, target, ip, result, before, after)
       values ($1, $2, 'sample', $3, '::1', 'done', null, $4)`,
      [
        `000${index + 1}-12-31T23:59:59.999Z`,
        text,
        index === 0 ? null : text,
        JSON.stringify({ text, number: 1e-7 }),
      ],
    );
    await database.query(
      `insert into import_files (user_id, import_id, part, bytes) values ($1, 1, $2, $3)`,
      [reader.id, index, Buffer.from([...Array.from({ length: 256 }).keys()])],
    );
    await database.query(`insert into clients (name, key_hash, scopes) values ($1, $2, $3)`, [
      `sample ${index} ${text}`,
      `hash ${index}`,
      index === 0 ? [] : [text, 'a,b', '{"x"}', ...SAMPLES],
    ]);
  }
  await database.query(`insert into removed_files (prefix) values ('photos/gone/')`);
}

beforeAll(async () => {
  folder = await temporaryFolder();
  dataDir = join(folder.path, 'data');
  await mkdir(dataDir);
  app = await startApp({ DATA_DIR: dataDir });
  await fill();
  // Its later runs change nothing.
  await app.nest.get(RatingRanking).update();
  content = await contentOf(app.database.url);
  file = join(folder.path, 'backup.tar');
  await backUpTo(file, app.database.url, app.nest.get(ImageStore));
});

afterAll(async () => {
  for (const database of databases) await database.drop();
  await app.close();
  await folder.remove();
});

describe('a backup that is restored', () => {
  it('equals the installation table by table and picture by picture, and serves it without its sessions', async () => {
    const target = await newDatabase();
    await restoreFrom(file, target.url, storeIn('restored/images'));
    expect(await contentOf(target.url)).toEqual(content);
    expect(await schemaOf(target.url)).toEqual(await schemaOf(app.database.url));
    const pictures = await filesIn(join(dataDir, 'images'));
    expect(Object.keys(pictures)).toHaveLength(11 + 3 * 2);
    expect(await filesIn(join(folder.path, 'restored/images'))).toEqual(pictures);
    expect(await migrate(target.url)).toEqual([]);

    const restored = await startApp({ DATA_DIR: join(folder.path, 'restored') }, target);
    expect((await restored.client.as(reader).get('/users/current')).status).toBe(401);
    expect((await restored.client.withCookie(reader).post('/auth/refresh')).status).toBe(401);
    // A calendar's secret may have been replaced since the backup.
    expect((await app.client.get(calendar)).status).toBe(200);
    expect((await restored.client.get(calendar)).status).toBe(401);
    expect(await target.query('select from calendar_secrets')).toEqual([]);
    const again = await restored.a.signIn('reader');
    const as = restored.client.as(again);
    const { body } = await as.get(`/user/reading-status/id/${series}`);
    expect(body).toMatchObject({ notes: SAMPLES[0], progress: 1 });
    expect(
      (await restored.client.get(new URL((await as.get('/users/current')).body.profile_image).pathname))
        .status,
    ).toBe(200);
    expect(await as.get(`/user/reading-history/changes?cursor=${cursor}`)).toMatchObject({
      status: 410,
      body: { data: 'Cursor has expired' },
    });
    const first = (await as.get('/user/reading-history/changes')).body;
    expect(first.changes).toHaveLength(30);
    const changed = await as.post(`/user/reading-status/progress/${series}`, {
      op: 'set',
      value: 7,
      client: await app.a.clientId(),
    });
    // No number of the time between backup and restore is used again.
    expect(changed.body.version).toBeGreaterThan(1_000_000);
    expect((await as.get(`/user/reading-history/changes?cursor=${first.cursor}`)).body.changes).toMatchObject(
      [{ series_id: series, entry: { progress: 7 } }],
    );
    // Sequences go on after the restored ids.
    await restored.a.oneSeries();
    await restored.a.user();
    await restored.close();
  });

  it('is written and read by any store, and by the commands with mode 0600', async () => {
    const s3 = await startS3();
    const bucket = new S3ImageStore(readConfig(s3.env).s3 as never);
    const target = await newDatabase();
    await restoreFrom(file, target.url, bucket);
    const copy = join(folder.path, 'from-s3.tar');
    expect(await backUpTo(copy, target.url, bucket)).toMatchObject({ pictures: 4, files: 17, missing: 0 });
    await s3.close();
    const command = (name: string, url: string, ...args: string[]) =>
      new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        const path = join(PROJECT_FOLDER, 'dist', 'src', 'commands', `${name}.js`);
        const env = { PATH: process.env['PATH'], DATABASE_URL: url, DATA_DIR: join(folder.path, 'commands') };
        execFile(process.execPath, [path, ...args], { env }, (error, stdout, stderr) =>
          resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        );
      });
    const third = await newDatabase();
    expect(await command('restore', third.url, copy)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^\d+ rows of \d+ tables and 17 files of 4 pictures restored from the backup of 2/,
      ),
      stderr: '',
    });
    const written = join(folder.path, 'commanded.tar');
    expect(await command('backup', third.url, written)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^\d+ rows of \d+ tables and 17 files of 4 pictures written, \d+\.\d MB\n$/,
      ),
    });
    expect((await stat(written)).mode & 0o777).toBe(0o600);
    expect(await contentOf(third.url)).toEqual(content);
    for (const [name, args, line] of [
      ['backup', [written], `${written} exists; a backup replaces no file\n`],
      ['backup', ['/none/backup.tar'], '/none/backup.tar cannot be written (ENOENT)\n'],
      ['backup', [], 'Usage: npm run backup -- FILE\n'],
      [
        'restore',
        [written],
        'The installation is not empty; restore into a new database and DATA_DIR, before the first start\n',
      ],
      ['restore', [join(folder.path, 'none')], `${join(folder.path, 'none')} cannot be read (ENOENT)\n`],
    ] as const)
      expect(await command(name, third.url, ...args)).toEqual({ code: 1, stdout: '', stderr: line });
    expect((await readdir(folder.path)).filter((name) => name.startsWith('commanded'))).toEqual([
      'commanded.tar',
    ]);
  });

  it('contains no secret of the node, and each of its tables and pictures has a checksum', async () => {
    const bytes = await readFile(file);
    expect(bytes.includes('a secret for tests')).toBe(false);
    const reader = await BackupReader.open(file, SILENT);
    let sums = 0;
    for await (const { name, sha256, content } of reader.entries(SILENT)) {
      const chunks: Buffer[] = [];
      for await (const chunk of content) chunks.push(chunk);
      if (sha256 !== undefined) sums++;
      if (name !== 'manifest.json') continue;
      const manifest = JSON.parse(Buffer.concat(chunks).toString());
      expect(Object.keys(manifest.tables)).toEqual(reader.header.tables.map((table) => table.name));
      expect(manifest.tables.reading_entries).toEqual({
        rows: 30,
        bytes: expect.any(Number),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    }
    expect(sums).toBe(17);
    await reader.close();
  });
});

describe('what is no backup', () => {
  const attempt = (path: string) =>
    BackupReader.open(path, SILENT).then(
      async (reader) => {
        await reader.close();
        return 'opened';
      },
      (error: unknown) => (error instanceof StartError ? error.message : error),
    );
  const isDamaged = /^\S+ is damaged or incomplete: its checksum is wrong; nothing was changed$/;

  it('is refused when any byte has changed or is missing', async () => {
    const damaged = join(folder.path, 'damaged.tar');
    await copyFile(file, damaged);
    const { size } = await stat(file);
    const handle = await open(damaged, 'r+');
    const byte = Buffer.alloc(1);
    const positions = [
      ...Array.from({ length: 60 }, (_, index) => 512 + Math.floor(((size - 513) * index) / 59)),
      100,
      130,
      148,
      200,
      520,
    ];
    for (const position of positions) {
      await handle.read(byte, 0, 1, position);
      await handle.write(Buffer.from([byte.readUInt8() ^ 0x21]), 0, 1, position);
      expect(await attempt(damaged), `byte ${position}`).toMatch(isDamaged);
      await handle.write(byte, 0, 1, position);
    }
    expect(await attempt(damaged)).toBe('opened');
    await handle.close();
    for (const length of [
      size - 1,
      size - 512,
      size - 513,
      size - 2048,
      Math.floor(size / 2),
      2_000,
      700,
      513,
    ]) {
      await truncate(damaged, length);
      expect(await attempt(damaged), `${length} bytes`).toMatch(isDamaged);
    }
  });

  it('is refused when it is foreign, or of a later version', async () => {
    const foreign = join(folder.path, 'foreign');
    for (const bytes of [
      '',
      'text',
      gzipSync('x'),
      Buffer.alloc(20_000),
      (await readFile(file)).subarray(0, 10),
    ]) {
      await writeFile(foreign, bytes);
      expect(await attempt(foreign)).toBe(`${foreign} is not a backup of Tankobon`);
    }
    expect(await attempt(folder.path)).toMatch(/is not a file; a backup is read twice$/);
    const opened = await BackupReader.open(file, SILENT);
    await opened.close();
    const { header } = opened;
    const later = `is a backup of version 9.1.0, later than this one (${PROJECT_VERSION}); restore it with that version or a later one`;
    for (const change of [
      { format: 2 },
      { migrations: [...header.migrations, 'Migration20990101000000_later'] },
    ]) {
      const path = join(folder.path, `later-${Object.keys(change)[0]}`);
      const writer = new BackupWriter(createWriteStream(path), new AbortController().signal);
      await writer.header({ ...header, version: '9.1.0', ...change });
      await writer.end({ tables: {}, sequences: [], pictures: 0, files: 0, bytes: 0, missing: 0 });
      expect(await attempt(path)).toBe(`${path} ${later}`);
    }
  });
});

describe('a restore', () => {
  const failure = (url: string, store: ImageStore = storeIn('refused')) =>
    restoreFrom(file, url, store).then(
      () => 'restored',
      (error: Error) => error.message,
    );

  it('refuses a migrated database whose schema has tables or views of another program', async () => {
    const shared = await newDatabase();
    await migrate(shared.url);
    await shared.query('create table orders (id int primary key)');
    await shared.query('insert into orders values (1)');
    await shared.query('create view names as select username from users');
    await shared.query('create table paid (id int) partition by range (id)');
    await shared.query('create table quotes (order_id int references orders)');
    expect(await failure(shared.url)).toBe(
      'The database has tables of another program (names, orders, paid, …); restore into a new database',
    );
    expect(await shared.query('select id from orders')).toEqual([{ id: 1 }]);
    await shared.query('drop table orders, quotes, paid');
    expect(await failure(shared.url)).toMatch(/ another program \(names\);/);
  });

  it('leaves functions and types of other programs as they are', async () => {
    const shared = await newDatabase();
    await migrate(shared.url);
    await shared.query(`create type mood as enum ('good')`);
    await shared.query(`create function one() returns int language sql return 1`);
    await restoreFrom(file, shared.url, storeIn('shared'));
    expect(await contentOf(shared.url)).toEqual(content);
    expect(await shared.query(`select one(), 'good'::mood as mood`)).toEqual([{ one: 1, mood: 'good' }]);
  });

  it('refuses a database with data, with tables of another program, or of a later version', async () => {
    expect(await failure(app.database.url)).toMatch(/^The installation is not empty;/);
    expect(await contentOf(app.database.url)).toEqual(content);
    const foreign = await newDatabase();
    await foreign.query('create table orders (id int)');
    const others = 'The database has tables of another program (orders); restore into a new database';
    expect(await failure(foreign.url)).toBe(others);
    const later = await newDatabase();
    await migrate(later.url);
    await later.query(`insert into migrations (name) values ('Migration20990101000000_later')`);
    const line = new RegExp(
      `^The database has data of a later version than this one \\(${PROJECT_VERSION} does not know Migration2099`,
    );
    expect(await failure(later.url)).toMatch(line);
    await expect(migrate(later.url)).rejects.toThrow(line);
    await expect(backUpTo(join(folder.path, 'never'), later.url, storeIn('refused'))).rejects.toThrow(line);
    await expect(readdir(join(folder.path, 'refused'))).rejects.toThrow('ENOENT');
  });

  it('fills a database that was only migrated', async () => {
    const target = await newDatabase();
    await migrate(target.url);
    await restoreFrom(file, target.url, storeIn('migrated'));
    expect(await contentOf(target.url)).toEqual(content);
    expect(await schemaOf(target.url)).toEqual(await schemaOf(app.database.url));
  });

  it('leaves nothing half done when it fails, and succeeds at the next attempt', async () => {
    const target = await newDatabase();
    const store = storeIn('interrupted');
    let stored = 0;
    const failing: ImageStore = Object.assign(storeIn('interrupted'), {
      put: async (...args: Parameters<ImageStore['put']>) => {
        if (++stored === 3) {
          // As if the process were killed: the connection ends, and the server rolls the transaction back.
          await target.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name = 'tankobon backup'`,
          );
          throw new Error('killed');
        }
        return store.put(...args);
      },
    });
    expect(await failure(target.url, failing)).not.toBe('restored');
    expect(
      await target.query(
        `select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
      ),
    ).toEqual([]);
    expect(await failure(target.url, new NoImageStore())).toMatch(
      /^The backup has pictures; set STORAGE_DRIVER/,
    );
    await restoreFrom(file, target.url, store);
    expect(await contentOf(target.url)).toEqual(content);
    expect(await filesIn(join(folder.path, 'interrupted'))).toEqual(await filesIn(join(dataDir, 'images')));
  });
});

describe('a backup', () => {
  it('leaves out the tables of other programs in the same schema', async () => {
    const [shared, restored] = [await newDatabase(), await newDatabase()];
    await restoreFrom(file, shared.url, storeIn('shared'));
    await shared.query('create table orders (series_id int references series)');
    const path = join(folder.path, 'shared.tar');
    await backUpTo(path, shared.url, storeIn('shared'));
    await restoreFrom(path, restored.url, storeIn('restored'));
    expect(await contentOf(restored.url)).toEqual(content);
  });

  it('keeps the pictures of its snapshot until it ends', async () => {
    const other = await app.a.user();
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'blue' } })
      .png()
      .toBuffer();
    const as = app.client.as(other);
    const uploaded = await as.post(
      `/v1/users/${other.id}/avatars`,
      undefined,
      form([{ filename: 'a.png', bytes: png }]),
    );
    const prefix = String(uploaded.body.value).replace(/[^/]*$/, '');
    const store = app.nest.get(ImageStore);
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const slow: ImageStore = Object.assign(new LocalImageStore(join(dataDir, 'images')), {
      keysIn: async (key: string) => {
        reached.resolve();
        await gate.promise;
        return store.keysIn(key);
      },
    });
    const path = join(folder.path, 'meanwhile.tar');
    const running = backUpTo(path, app.database.url, slow);
    await reached.promise;
    expect((await as.delete(`/v1/avatars/${uploaded.body.id}`)).status).toBe(204);
    const removal = app.nest.get(FileRemoval);
    removal.kick();
    await removal.idle();
    expect(await app.nest.get(FileSweeper).sweep(-60_000)).toEqual([]);
    expect(await store.keysIn(prefix)).toHaveLength(11);
    gate.resolve();
    expect(await running).toMatchObject({ pictures: 5, missing: 0 });
    removal.kick();
    await removal.idle();
    expect(await store.keysIn(prefix)).toEqual([]);
    // A lost file is counted, and prevents no backup.
    const [photo] = await app.database.query<{ token: string }>('select token from photos limit 1');
    await store.removeAll(`photos/${photo?.token}/`);
    const lossy = join(folder.path, 'lossy.tar');
    expect(await backUpTo(lossy, app.database.url, store)).toMatchObject({ pictures: 3, missing: 1 });
  });

  it('can be interrupted', async () => {
    const stopping = new AbortController();
    const slow: ImageStore = Object.assign(new LocalImageStore(join(dataDir, 'images')), {
      keysIn: async () => {
        stopping.abort(new StartError('Interrupted'));
        return [];
      },
    });
    await expect(
      backUpTo(join(folder.path, 'interrupted.tar'), app.database.url, slow, stopping.signal),
    ).rejects.toThrow('Interrupted');
  });
});
