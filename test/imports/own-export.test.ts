import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';
import { zip } from '../support/import-samples.js';
import { apply, preview, rowsOf, undo } from '../support/imports.js';

const app = appForFile();

const lines = (...values: object[]) => values.map((value) => JSON.stringify(value)).join('\n');

describe('the export of this service', () => {
  it('restores entries with reads, ratings, items and settings, and its undo takes them away', async () => {
    const user = await app.a.user({ permissions: ['rate-series'] });
    const client = app.client.as(user);
    const clientId = String(await app.a.clientId());
    const [series, volume] = [unique('own'), unique('own-volume')];
    const id = await app.a.oneSeries({
      external_id: series,
      volumes: [{ external_id: volume, name: 'Volume 1', order: 1, language: 'en' }],
    });
    const read = {
      status: 'completed',
      start: '2019',
      end: null,
      chapters: 9,
      volumes: null,
      score: 7,
      notes: 'a',
    };
    const file = zip({
      'settings.jsonl': lines({ theme: 'dark', 'view-mode': 'sideways', unknown: 1 }),
      'entries.jsonl': lines({
        series: { external_id: series },
        status: 'started',
        visibility: 'public',
        progress_type: 'chapters',
        progress: 4,
        chapters: 4,
        volumes: null,
        reread: 1,
        score: 8.5,
        priority: 'high',
        created: '2020-01-01T00:00:00.000Z',
        reads: [read],
      }),
      'ratings.jsonl': lines({ series: { external_id: series }, rating: 9.5 }),
      'items.jsonl': lines({ volume: { external_id: volume }, price: 9.99, buy_date: '2021-02-03' }),
      'manifest.json': '{}',
    });
    const imported = await preview(client, file, { client: clientId });
    expect(imported).toMatchObject({ format: 'tankobon', counts: { add: 3, change: 1 } });
    expect((await rowsOf(client, imported.id, 'change'))[0]).toMatchObject({
      series_id: null,
      before: { settings: { theme: 'light' } },
      after: { settings: { theme: 'dark' } },
    });
    expect((await apply(client, imported.id)).counts).toMatchObject({ add: 3, change: 1 });
    expect((await client.get(`/user/reading-status/id/${id}`)).body).toMatchObject({
      visibility: 'public',
      chapters: 4,
      reread: 1,
      score: 8.5,
      priority: 'high',
      created: '2020-01-01T00:00:00.000Z',
    });
    const reads = (await client.get(`/user/reading-status/${id}/reads`)).body.reads;
    expect(reads).toMatchObject([read, { current: true }]);
    expect((await client.get(`/user/series-rating/${id}`)).body).toMatchObject({ rating: 9.5 });
    const items = (await client.get(`/user/collection?client=${clientId}`)).body.volumes;
    // An item of an earlier version is owned, and its price is one of the reader's currency.
    expect(items).toMatchObject([
      { collection: { state: 'owned', price: 9.99, currency: 'EUR', buy_date: '2021-02-03' } },
    ]);
    expect((await client.get(`/users/${user.id}/settings`)).body).toMatchObject({ theme: 'dark' });

    for (const strategy of ['furthest', 'replace']) {
      const again = await preview(client, file, { client: clientId, strategy });
      expect(again.counts).toMatchObject({ add: 0, change: 0, same: 4 });
    }
    expect((await undo(client, imported.id)).state).toBe('undone');
    expect((await client.get(`/user/reading-status/id/${id}`)).body).toBeNull();
    expect((await client.get(`/user/series-rating/${id}`)).body).toBeNull();
    expect((await client.get(`/user/collection?client=${clientId}`)).body.total).toBe(0);
    expect((await client.get(`/users/${user.id}/settings`)).body).toMatchObject({ theme: 'light' });
  });

  it.each([
    ['skip', { state: 'wanted', price: 5, currency: 'EUR', buy_date: null, place: null, notes: 'mine' }],
    ['fill', { state: 'wanted', price: 5, currency: 'EUR', buy_date: null, place: 'A', notes: 'mine' }],
    [
      'furthest',
      { state: 'owned', price: 700, currency: 'JPY', buy_date: '2021-02-03', place: 'A', notes: 'longer' },
    ],
    [
      'replace',
      { state: 'owned', price: 700, currency: 'JPY', buy_date: '2021-02-03', place: 'A', notes: 'longer' },
    ],
  ])(
    'changes an item that is wanted by the strategy %s, and what it has by another one',
    async (strategy, expected) => {
      const client = app.client.as(await app.a.user());
      const clientId = await app.a.clientId();
      const volume = unique('own-volume');
      const id = await app.a.oneSeries({
        volumes: [{ external_id: volume, name: 'Volume 1', order: 1, language: 'en' }],
      });
      const [{ id: volumeId }] = (await client.get(`/series/${id}/volumes`)).body.volumes;
      const wanted = { client: clientId, state: 'wanted', price: 5, notes: 'mine' };
      await client.post(`/user/collection/add/${volumeId}`, wanted);
      const item = { volume: { external_id: volume }, state: 'owned', buy_date: '2021-02-03', place: 'A' };
      const text = lines({ ...item, price: 700, currency: 'JPY', notes: 'longer' });
      const file = zip({ 'items.jsonl': text, 'manifest.json': '{}' });
      const fields = { client: String(clientId), strategy };
      await apply(client, (await preview(client, file, fields)).id);
      expect((await client.get(`/volumes/${volumeId}`)).body.collection).toMatchObject(expected);
      expect((await preview(client, file, fields)).counts).toMatchObject({ add: 0, change: 0, same: 1 });
      // A price that its currency cannot have is lost.
      const invalid = lines({ ...item, price: 7.5, currency: 'JPY', notes: 'longer' });
      const again = await preview(client, zip({ 'items.jsonl': invalid, 'manifest.json': '{}' }), fields);
      expect(again.counts).toMatchObject({ same: 1 });
    },
  );

  it('leaves out ratings without the permission to rate', async () => {
    const user = await app.a.user({ permissions: [] });
    const client = app.client.as(user);
    const series = unique('own');
    const id = await app.a.oneSeries({ external_id: series });
    const file = zip({
      'ratings.jsonl': lines({ series: { external_id: series }, rating: 9 }),
      'manifest.json': '{}',
    });
    const imported = await preview(client, file, { client: String(await app.a.clientId()) });
    expect(imported.counts.skip).toBe(1);
    await apply(client, imported.id);
    expect(await rowsOf(client, imported.id)).toMatchObject([
      { outcome: 'skip', reason: 'Ratings need the permission rate-series', after: null },
    ]);
    expect((await client.get(`/user/series-rating/${id}`)).body).toBeNull();
  });
});
