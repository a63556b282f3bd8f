import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertSeries } from '../support/catalog-rows.js';
import { cloneDatabase, type TestDatabase } from '../support/database.js';
import { ExportedArchive } from '../support/exports.js';
import { Service, type ServiceUser } from '../support/service.js';

const ENTRIES = 10_000;
const ITEMS = 2_000;
const PHOTOS = 200;
const PHOTO_BYTES = 2_000_000;
const MB = 1_000_000;

describe('an export of a long list with pictures', () => {
  let database: TestDatabase;
  let service: Service;
  let reader: ServiceUser;

  beforeAll(async () => {
    database = await cloneDatabase();
    service = await Service.start({ DATABASE_URL: database.url });
    reader = await service.user();
    await fill(database, reader.id);
    await storePhotos(database, service, reader.id);
  });
  afterAll(async () => {
    await service.discard();
    await database.drop();
  });

  const request = (query: string) => service.fetch(`/user/export${query}`, { headers: reader.headers });

  it('needs a constant amount of memory', async () => {
    // The first requests compile statements and code.
    await (await request('')).arrayBuffer();
    await service.resetPeakMemory();
    const before = await service.memory();
    const started = performance.now();
    const answer = await request('?images=true');
    let bytes = 0;
    for await (const chunk of answer.body as AsyncIterable<Uint8Array>) bytes += chunk.length;
    const seconds = (performance.now() - started) / 1000;
    const { peak } = await service.memory();
    process.stdout.write(
      `export with images: ${(bytes / MB).toFixed(1)} MB in ${seconds.toFixed(1)} s, ` +
        `memory before ${(before.now / MB).toFixed(0)} MB, peak +${((peak - before.now) / MB).toFixed(0)} MB\n`,
    );
    expect(bytes).toBeGreaterThan(PHOTOS * PHOTO_BYTES);
    expect(peak - before.now).toBeLessThan(120 * MB);
  });

  it('contains every row once', async () => {
    const archive = await ExportedArchive.of({ bytes: Buffer.from(await (await request('')).arrayBuffer()) });
    const lines: { name: string; lines: number | null }[] = archive.manifest.members;
    const counts = Object.fromEntries(lines.map(({ name, lines: count }) => [name, count]));
    expect(counts).toMatchObject({
      'entries.jsonl': ENTRIES,
      'items.jsonl': ITEMS,
      'ratings.jsonl': ENTRIES,
      'events.jsonl': ENTRIES,
    });
    const ids = archive.lines('entries').map(({ series }) => series.id as number);
    expect(new Set(ids).size).toBe(ENTRIES);
  });
});

/** Inserts the list of a reader: entries with notes, ratings, events and items. */
async function fill(database: TestDatabase, userId: string): Promise<void> {
  const ids = await insertSeries(
    database,
    Array.from({ length: ENTRIES }, (_, index) => `long-${index}`),
  );
  const [client] = await database.query<{ id: number }>('select min(id) as id from clients');
  await database.query(
    `insert into reading_entries (user_id, series_id, series_name, progress, priority, client_id, version, read_id, notes)
     select $1, id, 'x', 1, 'mid', $3, 1, 1, repeat(md5(id::text), 10) from unnest($2::int[]) as id`,
    [userId, ids, client?.id],
  );
  await database.query(
    `insert into ratings (user_id, series_id, rating) select $1, id, 7 from unnest($2::int[]) as id`,
    [userId, ids],
  );
  await database.query(
    `insert into reader_events (user_id, number, kind, action, series_id, after)
     select $1, row_number() over (), 'entry', 'update', id, '{"progress": 1}' from unnest($2::int[]) as id`,
    [userId, ids],
  );
  await database.query(
    `with made as (
       insert into volumes (external_id, series_id, name, slug, group_order, language)
       select 'volume-' || id, id, 'Volume', 'volume', 1, 'en' from unnest($2::int[]) as id returning id, series_id)
     insert into collection_items (user_id, volume_id, series_id, series_name, group_order, client_id, price, currency, buy_date)
     select $1, id, series_id, 'x', 1, $3, 5, 'EUR', '2024-01-01' from made`,
    [userId, ids.slice(0, ITEMS), client?.id],
  );
}

/** Stores photos of random bytes, as many as a user may have. */
async function storePhotos(database: TestDatabase, service: Service, userId: string): Promise<void> {
  for (let id = 1; id <= PHOTOS; id++) {
    const token = randomBytes(16).toString('hex');
    const folder = join(service.dataDir, 'images', 'photos', token);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'full.jpg'), randomBytes(PHOTO_BYTES));
    await database.query(
      `insert into photos (user_id, id, client_id, token, name, format, width, height, size)
       select $1, $2, min(id), $3, 'a.jpg', 'jpeg', 1, 1, $4 from clients`,
      [userId, id, token, PHOTO_BYTES],
    );
  }
}
