import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ImageStore } from '../../src/images/image-store.js';
import { startApp, type TestApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { insertSeries } from '../support/catalog-rows.js';
import { head } from '../support/raw.js';

let app: TestApp;
let reader: TestUser;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '10000' });
  await app.nest.listen(0, '127.0.0.1');
});
afterAll(async () => app.close());
beforeEach(async () => {
  // The limit of registrations.
  await app.database.query('delete from rate_limits');
  reader = await app.a.user();
});

const as = (user: TestUser = reader) => app.client.as(user);
const REFUSED = { status: 429, body: { data: 'Too many requests.', code: 429 } };

/** More bytes than the buffers of two sockets hold. */
const LARGE = 60_000_000;

/** Adds a photo and 2,000 entries with notes, so that the archive with pictures and the CSV are large. */
async function addLargeData(): Promise<void> {
  const { id, username } = reader;
  const client = await app.a.clientId();
  const file = { name: 'full.jpg', bytes: Buffer.alloc(LARGE), type: 'image/jpeg' };
  await app.nest.get(ImageStore).put(`photos/${id}/`, [file]);
  await app.database.query(
    `insert into photos (user_id, id, client_id, token, name, format, width, height, size)
     values ($1, 1, $2, $1, 'a.jpg', 'jpeg', 1, 1, $3)`,
    [id, client, LARGE],
  );
  const names = Array.from({ length: 2_000 }, (_, index) => `large-${username}-${index}`);
  await app.database.query(
    `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id, notes)
     select $1, id, 'x', 1, 'mid', $3, 1, 1, repeat('x', $4) from unnest($2::int[]) as id`,
    [id, await insertSeries(app.database, names), client, LARGE / 2_000],
  );
}

/** A client that sends a request and reads only the beginning of the response. */
async function startReading(path: string): Promise<Socket> {
  const { port } = app.nest.getHttpServer().address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(head('GET', path, { authorization: `Bearer ${reader.accessToken}` }));
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  expect(chunk.toString('latin1')).toMatch(/^HTTP\/1\.1 200/);
  return socket;
}

/** The number of transactions that are open on connections of the app. */
async function openTransactions(): Promise<number> {
  const [row] = await app.database.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`,
  );
  return row?.count ?? 0;
}

describe('the limits of GET /user/export', () => {
  it.each(['', '?format=csv', '?format=mal'])(
    'answers 429 to the sixth export in an hour: %s',
    async (query) => {
      for (let count = 1; count <= 5; count++) {
        expect((await as().get(`/user/export${query}`)).status, `export ${count}`).toBe(200);
        await released();
      }
      const refused = await as().get('/user/export');
      expect(refused).toMatchObject(REFUSED);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000);
      expect((await as(await app.a.user()).get('/user/export')).status).toBe(200);
    },
  );

  it('answers 429 to a second export at one time, which does not count', async () => {
    await addLargeData();
    const socket = await startReading('/user/export?images=true');
    const refused = await as().get('/user/export?format=csv');
    expect(refused).toMatchObject(REFUSED);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    socket.destroy();
    await released();
    const [row] = await app.database.query<{ points: number }>(
      'select points from rate_limits where key = $1',
      [`exports:${reader.id}`],
    );
    expect(row?.points).toBe(1);
  });

  it.each(['/user/export?images=true', '/user/export?format=csv'])(
    'stops an export whose client has gone: %s',
    async (path) => {
      await addLargeData();
      const socket = await startReading(path);
      expect((await as().get('/user/export')).status).toBe(429);
      socket.resetAndDestroy();
      await expect.poll(async () => (await as().get('/user/export?format=mal')).status).toBe(200);
    },
  );

  it('holds no transaction for a client that does not read', async () => {
    await addLargeData();
    const socket = await startReading('/user/export?images=true');
    // A statement of a background job is also a transaction, but a short one.
    await expect.poll(openTransactions).toBe(0);
    socket.destroy();
    await released();
  });

  it('counts no request that is refused as invalid', async () => {
    for (let count = 1; count <= 7; count++)
      expect((await as().get('/user/export?format=pdf')).status).toBe(400);
    expect((await as().get('/user/export')).status).toBe(200);
  });

  /** Waits until no export of the reader is in progress. */
  async function released(): Promise<void> {
    const select = 'select points from rate_limits where key = $1';
    const points = () => app.database.query<{ points: number }>(select, [`exportsAtOnce:${reader.id}`]);
    await expect.poll(async () => (await points())[0]?.points).toBe(0);
  }
});

describe('access to GET /user/export', () => {
  it('answers 401 without a session, and 403 to a personal token of every scope', async () => {
    expect(await app.client.get('/user/export')).toMatchObject({ status: 401 });
    const scopes = ['read', 'write-history', 'write-collection', 'write-ratings', 'write-images'];
    const made = await as().post('/auth/tokens', { name: 'program', scopes });
    expect(made.status, made.text).toBe(201);
    const program = app.client.with({ authorization: `Bearer ${made.body.token}` });
    expect(await program.get('/user/export')).toMatchObject({ status: 403, body: { data: 'Forbidden' } });
  });

  it('takes the cookie of a session', async () => {
    expect((await app.client.withCookie(reader).get('/user/export?format=csv')).status).toBe(200);
  });

  it.each(['format=pdf', 'images=yes', 'format=mal&format=csv'])('answers 400 to %s', async (query) => {
    const refused = await as().get(`/user/export?${query}`);
    expect(refused).toMatchObject({ status: 400, body: { data: 'Invalid parameters' } });
    expect(refused.body.errors).toHaveLength(1);
  });
});
