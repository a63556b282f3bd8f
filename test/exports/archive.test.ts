import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sql } from '../../src/database/sql.js';
import { statement, tables } from '../../src/database/statement.js';
import { FileRemoval } from '../../src/images/file-removal.js';
import { ImageStore } from '../../src/images/image-store.js';
import { PROJECT_VERSION } from '../../src/project-folder.js';
import type { RatingSchema } from '../../src/ratings/rating.entity.js';
import { appForFile, startApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { insertSeries } from '../support/catalog-rows.js';
import { onOneDay, today } from '../support/dates.js';
import { ExportedArchive } from '../support/exports.js';
import { form } from '../support/forms.js';

const app = appForFile();
let reader: TestUser;
let client: number;
let picture: Buffer;

beforeAll(async () => {
  client = await app.a.clientId();
  picture = await sharp({ create: { width: 320, height: 240, channels: 3, background: '#336699' } })
    .jpeg()
    .toBuffer();
});
beforeEach(async () => {
  reader = await app.a.user({ permissions: ['rate-series'] });
});

const as = () => app.client.as(reader);
const exported = async (query = '') => ExportedArchive.of(await as().get(`/user/export${query}`));
const LINKS = { mal: '13', anilist: '30013', kitsu: null, mangaupdates: null, mangadex: 'a1c7c817' };

/** A series with a volume. */
async function seriesWithVolume() {
  const id = await app.a.oneSeries({
    external_id: `exported-${reader.id}`,
    name: 'One Piece',
    links: LINKS,
    volumes: [
      {
        external_id: `exported-${reader.id}-1`,
        name: 'Romance Dawn',
        order: 1.5,
        language: 'en',
        isbn13: '9781569319017',
      },
    ],
  });
  const [row] = await app.database.query<{ id: number }>('select id from volumes where series_id = $1', [id]);
  return { id, volume: row?.id as number };
}

const seriesLine = (id: number) => ({
  id,
  external_id: `exported-${reader.id}`,
  name: 'One Piece',
  type: 'Manga',
  links: LINKS,
});

const uploadPhoto = () =>
  as().post(
    `/v1/users/${reader.id}/photos`,
    undefined,
    form([
      { name: 'client', bytes: String(client) },
      { filename: 'shelf.jpg', bytes: picture },
    ]),
  );

describe('the archive of GET /user/export', () => {
  it(
    'has JSON Lines and their schemas, and a manifest as its last file',
    onOneDay(async () => {
      const begin = Date.now();
      const answer = await as().get('/user/export');
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/zip', 'cache-control': 'private, no-store' },
      });
      expect(answer.headers['content-disposition']).toBe(`attachment; filename="tankobon-${today()}.zip"`);
      expect(answer.headers['content-encoding']).toBeUndefined();
      const archive = await ExportedArchive.of(answer);
      const names = ['profile', 'settings', 'entries', 'ratings', 'items', 'events'];
      expect(archive.names).toEqual([
        ...names.flatMap((name) => [`schemas/${name}.schema.json`, `${name}.jsonl`]),
        'schemas/manifest.schema.json',
        'manifest.json',
      ]);
      expect(archive.members.every(({ isCompressed }) => isCompressed)).toBe(true);
      const { manifest } = archive;
      expect(manifest).toMatchObject({
        format: 'tankobon',
        version: PROJECT_VERSION,
        user_id: reader.id,
        missing: [],
      });
      expect(Date.parse(manifest.created)).toBeGreaterThanOrEqual(begin);
      expect(Date.parse(manifest.created)).toBeLessThanOrEqual(Date.now());
    }),
  );

  it('has in its manifest the lines, bytes and SHA-256 of every other file', async () => {
    const { id } = await seriesWithVolume();
    await as().post(`/user/reading-status/add/${id}`, await app.a.entry());
    const archive = await exported();
    const lines: Record<string, number> = {
      entries: 1,
      events: 1,
      profile: 1,
      settings: 1,
      ratings: 0,
      items: 0,
    };
    const others = archive.members.slice(0, -1);
    expect(archive.manifest.members).toEqual(
      others.map(({ name, bytes }) => ({
        name,
        lines: lines[name.replace('.jsonl', '')] ?? null,
        bytes: bytes.length,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      })),
    );
  });

  it('contains profile, settings, entries with reads, ratings, items and events', async () => {
    const { id, volume } = await seriesWithVolume();
    const fields = {
      visibility: 'public',
      score: 8.5,
      start: '2024-05',
      notes: 'A "note"\nof 二 lines',
      volumes: 2,
    };
    await as().post(`/user/reading-status/add/${id}`, await app.a.entry({ progress: 10.25, ...fields }));
    const completed = { progress: 12, status: 'completed', end: '2025' };
    await as().post(`/user/reading-status/update/${id}`, await app.a.entry({ ...fields, ...completed }));
    await as().post(`/user/reading-status/${id}/restart`, { client });
    await as().post(`/user/series-rating/add/${id}`, { rating: 9.5 });
    await as().post(`/user/collection/add/${volume}`, {
      client,
      date: '2024-02-29',
      price: 7.99,
      state: 'ordered',
      currency: 'USD',
      place: 'Shelf 2',
    });
    await as().post(`/users/${reader.id}/save-settings`, { theme: 'dark' });

    const archive = await exported();
    const entry = (await as().get(`/user/reading-status/id/${id}`)).body;
    const { user_id: _user, series_id: _series, ...values } = entry;
    const { reads } = (await as().get(`/user/reading-status/${id}/reads`)).body;
    const { id: _id, number: _number, current: _current, ...read } = reads[0];
    expect(read).toMatchObject({
      status: 'completed',
      start: '2024-05',
      end: '2025',
      chapters: 12,
      volumes: 2,
    });
    expect(archive.lines('entries')).toEqual([{ series: seriesLine(id), ...values, reads: [read] }]);
    expect(archive.lines('ratings')).toEqual([{ series: seriesLine(id), rating: 9.5 }]);
    expect(archive.lines('items')).toEqual([
      {
        series: seriesLine(id),
        volume: {
          id: volume,
          external_id: `exported-${reader.id}-1`,
          name: 'Romance Dawn',
          group_order: 1.5,
          language: 'en',
          isbn10: null,
          isbn13: '9781569319017',
        },
        state: 'ordered',
        buy_date: '2024-02-29',
        price: 7.99,
        currency: 'USD',
        condition: null,
        place: 'Shelf 2',
        notes: null,
        client,
      },
    ]);
    expect(archive.lines('settings')).toEqual([(await as().get(`/users/${reader.id}/settings`)).body]);
    const { settings: _settings, ...profile } = (await as().get('/auth/me')).body.user;
    expect(archive.lines('profile')).toEqual([profile]);
    const { events } = (await as().get('/user/events?limit=100')).body;
    expect(events.length).toBeGreaterThan(4);
    expect(archive.lines('events')).toEqual(events.toReversed());
  });

  it('contains each row once, in order, where the rows fill several pages', async () => {
    const names = Array.from({ length: 250 }, (_, index) => `paged-${reader.id}-${index}`);
    const ids = await insertSeries(app.database, names);
    await app.database.query(
      `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id, former_reads)
       select $1, id, 'x', 1, 'mid', $3, 1, 1, 3 from unnest($2::int[]) as id`,
      [reader.id, ids, client],
    );
    await app.database.query(
      `insert into former_reads (user_id, series_id, id, status, chapters)
       select $1, id, n, 'completed', n from unnest($2::int[]) as id, generate_series(1, 3) as n`,
      [reader.id, ids],
    );
    await app.database.query(
      `insert into ratings (user_id, series_id, rating) select $1, id, 7 from unnest($2::int[]) as id`,
      [reader.id, ids],
    );
    const archive = await exported();
    const entries = archive.lines('entries');
    expect(entries.map(({ series }) => series.id)).toEqual(ids);
    const chapters = entries.map(({ reads }) => reads.map((read: { chapters: number }) => read.chapters));
    expect(chapters).toEqual(ids.map(() => [1, 2, 3]));
    expect(archive.lines('ratings').map(({ series }) => series.id)).toEqual(ids);
  });

  it('contains nothing of other users', async () => {
    const { id, volume } = await seriesWithVolume();
    const other = app.client.as(await app.a.user({ permissions: ['rate-series'] }));
    await other.post(`/user/reading-status/add/${id}`, await app.a.entry());
    await other.post(`/user/series-rating/add/${id}`, { rating: 3 });
    await other.post(`/user/collection/add/${volume}`, { client, date: '2024-02-29', price: 1 });
    const archive = await exported('?images=true');
    for (const name of ['entries', 'ratings', 'items', 'events', 'pictures'])
      expect(archive.lines(name), name).toEqual([]);
  });
});

describe('GET /user/export?images=true', () => {
  it('contains the avatar and the photos as they are stored, without compressing them again', async () => {
    const { body: avatar } = await as().post(
      `/v1/users/${reader.id}/avatars`,
      undefined,
      form([{ filename: 'me.jpg', bytes: picture }]),
    );
    const { body: photo } = await uploadPhoto();
    const archive = await exported('?images=true');
    const file = `pictures/photos/${photo.id}.jpg`;
    expect(archive.lines('pictures')).toEqual([
      { file: 'pictures/avatar.jpg', kind: 'avatar', id: avatar.id, name: 'me.jpg', uploaded: null },
      { file, kind: 'photo', id: photo.id, name: 'shelf.jpg', uploaded: photo.uploaded },
    ]);
    const stored = await app.client.get(new URL(photo.url).pathname);
    expect(archive.bytes(file).equals(stored.bytes)).toBe(true);
    expect(await sharp(archive.bytes('pictures/avatar.jpg')).metadata()).toMatchObject({ width: 320 });
    const pictures = archive.members.filter(({ name }) => name.startsWith('pictures/'));
    expect(pictures.map(({ isCompressed }) => isCompressed)).toEqual([false, false]);
  });

  it('names in its manifest a picture whose file has been deleted during the export', async () => {
    const { body: photo } = await uploadPhoto();
    const store = app.nest.get(ImageStore);
    const [row] = await app.database.query<{ token: string }>('select token from photos where id = $1', [
      photo.id,
    ]);
    await store.removeAll(`photos/${row?.token}/`);
    await app.nest.get(FileRemoval).idle();
    const archive = await exported('?images=true');
    expect(archive.manifest.missing).toEqual([`pictures/photos/${photo.id}.jpg`]);
    expect(archive.lines('pictures')).toHaveLength(1);
  });

  it('breaks the connection when a picture cannot be read', async () => {
    await uploadPhoto();
    await app.nest.listen(0, '127.0.0.1');
    const url = `${await app.nest.getUrl()}/user/export?images=true`;
    const headers = { authorization: `Bearer ${reader.accessToken}` };
    const open = vi.spyOn(app.nest.get(ImageStore), 'open').mockRejectedValue(new Error('the store fails'));
    try {
      const answer = await fetch(url, { headers });
      expect(answer.status).toBe(200);
      await expect(answer.arrayBuffer()).rejects.toThrow('terminated');
    } finally {
      open.mockRestore();
    }
  });

  it('answers 503 on a node that does not handle files', async () => {
    const fileless = await startApp({ STORAGE_DRIVER: 'none' }, app.database);
    try {
      const refused = await fileless.client.as(reader).get('/user/export?images=true');
      expect(refused).toMatchObject({ status: 503, body: { code: 503 } });
      const archive = await ExportedArchive.of(await fileless.client.as(reader).get('/user/export'));
      expect(archive.manifest.user_id).toBe(reader.id);
    } finally {
      await fileless.close();
    }
  });
});

describe('Sql.snapshot', () => {
  const db = tables<typeof RatingSchema>();
  const COUNT = statement('test.snapshot', ({ userId }: { userId: string }) =>
    db.selectFrom('ratings').select('rating').where('user_id', '=', userId),
  );

  it('sees no change of another transaction after its first statement, and changes nothing', async () => {
    const sql = app.nest.get(Sql);
    const id = await app.a.oneSeries();
    const insert = 'insert into ratings (user_id, series_id, rating) values ($1, $2, 5)';
    const read = () => sql.rows(COUNT, { userId: reader.id });
    await sql.snapshot(async () => {
      expect(await read()).toHaveLength(0);
      await app.database.query(insert, [reader.id, id]);
      expect(await read()).toHaveLength(0);
    });
    expect(await read()).toHaveLength(1);
    const DELETE = statement('test.snapshot-delete', ({ userId }: { userId: string }) =>
      db.deleteFrom('ratings').where('user_id', '=', userId),
    );
    await expect(sql.snapshot(() => sql.rows(DELETE, { userId: reader.id }))).rejects.toMatchObject({
      code: '25006',
    });
  });
});
