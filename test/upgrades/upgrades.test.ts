import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/database/migrations/index.js';
import { LocalImageStore } from '../../src/images/local-image-store.js';
import { PROJECT_FOLDER } from '../../src/project-folder.js';
import { SearchFolding } from '../../src/search/search-folding.js';
import { startApp } from '../support/app.js';
import { filesIn, restoreFrom, schemaOf, temporaryFolder } from '../support/backups.js';
import type { TestClient } from '../support/client.js';
import { emptyDatabase } from '../support/database.js';
import content from './archives/content.json' with { type: 'json' };

/** Backups of data that each version has made: see `tools/make-archive.mjs`. */
const ARCHIVES = join(PROJECT_FOLDER, 'test', 'upgrades', 'archives');
const versions = readdirSync(ARCHIVES).flatMap((name) => /^(.*)\.tar\.gz$/.exec(name)?.[1] ?? []);

let folder: Awaited<ReturnType<typeof temporaryFolder>>;

beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

describe('data of an earlier version', () => {
  it('exists for each earlier version of the document', async () => {
    const changelog = await readFile(join(PROJECT_FOLDER, 'CHANGELOG.md'), 'utf8');
    const [, ...earlier] = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)/gm)].map(([, version]) => version);
    expect(versions).toEqual(expect.arrayContaining(earlier));
    expect(earlier).toContain('0.1.0');
  });

  it.each(versions)(
    'of %s is kept: users, entries, ratings, items, settings and pictures',
    async (version) => {
      const file = join(folder.path, `${version}.tar`);
      await writeFile(file, gunzipSync(await readFile(join(ARCHIVES, `${version}.tar.gz`))));
      const data = join(folder.path, version);
      const database = await emptyDatabase();
      const { tables, files } = await restoreFrom(
        file,
        database.url,
        new LocalImageStore(join(data, 'images')),
      );
      for (const name of [
        'users',
        'series',
        'volumes',
        'reading_entries',
        'ratings',
        'collection_items',
        'photos',
      ]) {
        const [row] = await database.query<{ total: number }>(`select count(*)::int as total from ${name}`);
        expect(row?.total, name).toBe(tables[name]?.rows);
        expect(row?.total, name).toBeGreaterThan(1);
      }
      expect(Object.keys(await filesIn(join(data, 'images')))).toHaveLength(files);
      expect(files).toBe(26);
      const app = await startApp({ DATA_DIR: data }, database);
      await app.nest.get(SearchFolding).refresh();
      expect(new Set(await schemaOf(database.url))).toEqual(new Set(await newestSchema()));
      for (const { username, ...fields } of content.users) {
        const as = app.client.as(await app.a.signIn(username, content.password));
        const { body: user } = await as.get('/users/current');
        expect(user).toMatchObject(fields);
        const avatar = await app.client.get(new URL(user.profile_image).pathname);
        expect(avatar).toMatchObject({ status: 200, headers: { 'content-type': 'image/webp' } });
        expect((await as.get(`/users/${user.id}/settings`)).body).toMatchObject(content.settings);
        const { body: history } = await as.get('/user/reading-history/?limit=100');
        expect(history.total).toBe(content.entries.length);
        for (const [index, { progressType, ...expected }] of content.entries.entries()) {
          const { series: all } = (await as.get('/series?limit=100&order=added-asc')).body;
          const series = all[index];
          expect((await as.get(`/user/reading-status/id/${series.id}`)).body).toMatchObject({
            ...expected,
            progress_type: progressType,
          });
          expect((await as.get(`/user/series-rating/${series.id}`)).body).toMatchObject({
            rating: content.ratings[index],
          });
          expect(series).toMatchObject({ average_rating: content.ratings[index], rating_count: 2 });
          expect(
            (await as.get(`/series?search=${encodeURIComponent(series.name)}`)).body.total,
          ).toBeGreaterThan(0);
        }
        const { body: shelf } = await as.get('/user/collection?client=1&limit=100');
        expect(shelf.volumes.map((volume: { collection: object }) => volume.collection)).toEqual(
          expect.arrayContaining(
            content.items.map(({ price, date }) =>
              expect.objectContaining({ price, ...(date && { buy_date: date }) }),
            ),
          ),
        );
        const { body: photos } = await as.get(`/v1/users/${user.id}/photos`);
        expect(photos.total).toBe(content.photos);
        expect((await app.client.get(new URL(photos.photos[0].url).pathname)).status).toBe(200);
        await expectKeptFigures(as);
        // A change of migrated data.
        const id = (await as.get('/series?limit=1&order=added-asc')).body.series[0].id;
        expect(
          await as.post(`/user/reading-status/progress/${id}`, { op: 'set', value: 77, client: 1 }),
        ).toMatchObject({
          status: 200,
          body: { progress: 77 },
        });
      }
      await app.close();
      await database.drop();
    },
  );
});

type Counts = { count: number }[];
const sumOf = (counts: Counts) => counts.reduce((sum, { count }) => sum + count, 0);

/** What later versions keep beside the rows: counters of the catalog, of shelves and of lists. */
async function expectKeptFigures(as: TestClient): Promise<void> {
  const { body: all } = await as.get('/series?limit=100');
  const { body: facets } = await as.get('/catalog/facets');
  expect(sumOf(facets.types)).toBe(all.total);
  for (const { key, count } of facets.types) {
    expect((await as.get(`/series?type=${key}`)).body.total, key).toBe(count);
  }
  for (const { id, volume_count } of all.series) {
    expect((await as.get(`/series/${id}/volumes`)).body.total).toBe(volume_count);
  }
  const { series } = (await as.get('/user/collection/series?client=1&limit=100')).body;
  expect(series.reduce((sum: number, one: { shelf: { owned: number } }) => sum + one.shelf.owned, 0)).toBe(
    content.items.length,
  );
  const spent = content.items.reduce((sum, { price }) => sum + price, 0);
  expect((await as.get('/user/collection/stats/general?client=1')).body).toMatchObject({
    total_items: content.items.length,
    total_spent: spent,
    totals: [{ currency: 'EUR', items: content.items.length, spent }],
  });
  const { body: figures } = await as.get('/user/reading-history/stats');
  for (const name of ['by_status', 'by_type', 'by_origin', 'by_priority']) {
    expect(sumOf(figures[name]), name).toBe(content.entries.length);
  }
  expect((await as.get('/user/reading-history/stats/general')).body.total_read_series).toBe(
    content.entries.length,
  );
}

/** The schema of a new database. Its migrations may have been applied in another order. */
async function newestSchema(): Promise<string[]> {
  const app = await startApp();
  try {
    const schema = await schemaOf(app.database.url);
    expect(schema).toEqual(expect.arrayContaining(MIGRATIONS.map(({ name }) => name)));
    return schema;
  } finally {
    await app.close();
  }
}
