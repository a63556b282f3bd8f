import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { unique } from '../support/builders.js';
import { apply, preview, rowsOf, undo } from '../support/imports.js';

const app = appForFile();

const GOODREADS =
  'Book Id,Title,Author,ISBN,ISBN13,My Rating,Date Read,Date Added,Bookshelves,Exclusive Shelf,My Review,Read Count,Owned Copies';

describe('volumes of Goodreads', () => {
  it('raise the volumes of the series’ entry where they were read, and become items where they are owned', async () => {
    const user = await app.a.user();
    const client = app.client.as(user);
    const clientId = String(await app.a.clientId());
    const name = unique('Shelf ');
    const volume = (order: number, isbn13?: string) => ({
      external_id: unique('volume'),
      name: `Volume ${order}`,
      order,
      language: 'en',
      ...(isbn13 === undefined ? {} : { isbn13 }),
    });
    const id = await app.a.oneSeries({ name, volumes: [volume(1, '9784088725093'), volume(2), volume(3)] });
    const list = [
      GOODREADS,
      `1,"Anything",A,="",="9784088725093",5,2020/05/04,2020/01/01,,read,,1,1`,
      `2,"${name}, Vol. 2",A,="",="",0,,2020/01/01,,read,,1,0`,
      `3,"${name}, Vol. 3",A,="",="",0,,2020/01/01,to-read,to-read,,0,1`,
      `4,"Nothing like it ${name}",A,="",="",0,,2020/01/01,,read,,1,0`,
    ].join('\n');
    const imported = await preview(client, list, { client: clientId });
    expect(imported).toMatchObject({ format: 'goodreads', counts: { add: 2, change: 1 } });
    await apply(client, imported.id);
    const entry = (await client.get(`/user/reading-status/id/${id}`)).body;
    expect(entry).toMatchObject({ volumes: 2, score: 10, status: 'started' });
    const items = (await client.get(`/user/collection?client=${clientId}`)).body.volumes;
    expect(items.map((item: { name: string }) => item.name)).toEqual(['Volume 1', 'Volume 3']);
    const again = await preview(client, list, { client: clientId });
    expect(again.counts).toMatchObject({ add: 0, change: 0, same: 3 });
    expect((await undo(client, imported.id)).state).toBe('undone');
    expect((await client.get(`/user/collection?client=${clientId}`)).body.total).toBe(0);
    expect(await rowsOf(client, imported.id, 'ask')).toHaveLength(imported.counts.ask);
  });

  it.each(['my-own-shelf', 'owned', ''])('are on the list where the only shelf is “%s”', async (shelf) => {
    const client = app.client.as(await app.a.user());
    const fields = { client: String(await app.a.clientId()) };
    const name = unique('Own shelf ');
    const volume = { external_id: unique('volume'), name: 'Volume 1', order: 1, language: 'en' };
    const id = await app.a.oneSeries({ name, volumes: [volume] });
    const list = [GOODREADS, `1,"${name}, Vol. 1",A,="",="",0,,2020/01/01,,${shelf},,0,0`].join('\n');
    const imported = await preview(client, list, fields);
    expect(await rowsOf(client, imported.id)).toMatchObject([
      { outcome: 'add', reason: null, series_id: id, before: null, after: { status: 'started' } },
    ]);
    await apply(client, imported.id);
    expect((await client.get(`/user/reading-status/id/${id}`)).body).toMatchObject({
      status: 'started',
      volumes: null,
    });
    expect((await preview(client, list, fields)).counts).toMatchObject({ add: 0, change: 0, same: 1 });
  });
});
