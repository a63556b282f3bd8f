import { Readable } from 'node:stream';
import { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { CatalogImporter } from '../../src/catalog/import/catalog-importer.js';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();
let reader: TestUser;
let client: number;
let otherClient: number;

beforeAll(async () => {
  reader = await app.a.user();
  client = await app.a.clientId();
  otherClient = (await app.a.registeredClient()).id;
});

const volumesOf = (name: string, orders: number[]) =>
  orders.map((order, index) => ({
    external_id: `${name}-${index}`,
    name: `${name} ${index}`,
    order,
    language: 'en',
  }));

interface Line {
  readonly id: string;
  readonly name: string;
  readonly client?: number;
  readonly orders?: number[];
}

/** The lines as a catalog file says them. */
function catalogOf(lines: readonly Line[]): string {
  return lines
    .map(({ id, name, client: owner = null, orders = [1, 2] }) =>
      JSON.stringify({
        kind: 'series',
        external_id: id,
        name,
        type: 'Manga',
        origin: 'Japanese',
        client: owner,
        titles: [],
        tags: [],
        volumes: volumesOf(id, orders),
      }),
    )
    .join('\n');
}

async function imports(...lines: Line[]): Promise<void> {
  await app.nest.get(CatalogImporter).import(Readable.from([Buffer.from(catalogOf(lines))]), {
    onRefused: ({ reason }) => {
      throw new Error(reason);
    },
  });
}

async function seriesId(externalId: string): Promise<number> {
  const [row] = await app.database.query<{ id: number }>('select id from series where external_id = $1', [
    externalId,
  ]);
  return row?.id as number;
}

async function volumeIds(externalId: string): Promise<number[]> {
  const rows = await app.database.query<{ id: number }>(
    'select v.id from volumes v join series s on s.id = v.series_id where s.external_id = $1 order by v.external_id',
    [externalId],
  );
  return rows.map(({ id }) => id);
}

async function history(query: string): Promise<{ total: number; names: string[] }> {
  const { body } = await app.client.as(reader).get(`/user/reading-history?${query}`);
  return { total: body.total, names: body.series.map(({ name }: { name: string }) => name) };
}

async function collection(query: string): Promise<{ total: number; names: string[] }> {
  const { body } = await app.client.as(reader).get(`/user/collection?${query}`);
  return { total: body.total, names: body.volumes.map(({ name }: { name: string }) => name) };
}

/** What the kept totals say, and what counting says, where they differ. */
async function drift() {
  const entries = await app.database.query(
    `select user_id, visibility, status, series_client, sum(kept), sum(counted) from (
       select user_id, visibility, status, series_client, total as kept, 0 as counted from reading_counts
       union all
       select user_id, visibility, status, series_client, 0, 1 from reading_entries
     ) as sides group by 1, 2, 3, 4 having sum(kept) <> sum(counted)`,
  );
  const items = await app.database.query(
    `select user_id, series_client, sum(kept), sum(counted), sum(spent), sum(price) from (
       select user_id, series_client, items as kept, 0 as counted, spent, 0 as price from collection_totals
       union all
       select user_id, series_client, 0, 1, 0, price from collection_items
     ) as sides group by 1, 2 having sum(kept) <> sum(counted) or sum(spent) <> sum(price)`,
  );
  return [...entries, ...items];
}

/** Waits until a statement waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const [row] = await app.database.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    if ((row?.waiting ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nobody waits');
}

describe('an import that changes series', () => {
  beforeAll(async () => {
    await imports({ id: 'k-a', name: 'Ant' }, { id: 'k-b', name: 'Bee' }, { id: 'k-c', name: 'Cow' });
    const entry = await app.a.entry({ client });
    for (const id of ['k-a', 'k-b', 'k-c']) {
      await app.client.as(reader).post(`/user/reading-status/add/${await seriesId(id)}`, entry);
      for (const volume of await volumeIds(id)) {
        await app.client.as(reader).post(`/user/collection/add/${volume}`, { client, price: 5 });
      }
    }
  });

  it('moves them in the lists of those who keep them', async () => {
    expect((await history('order=name-asc')).names).toEqual(['Ant', 'Bee', 'Cow']);
    await imports({ id: 'k-a', name: 'Zebra' });
    expect((await history('order=name-asc')).names).toEqual(['Bee', 'Cow', 'Zebra']);
    expect((await history('order=name-desc')).names).toEqual(['Zebra', 'Cow', 'Bee']);
    expect((await collection(`client=${client}`)).names).toEqual([
      'k-b 0',
      'k-b 1',
      'k-c 0',
      'k-c 1',
      'k-a 0',
      'k-a 1',
    ]);
  });

  it('moves volumes in their series', async () => {
    await imports({ id: 'k-b', name: 'Bee', orders: [2, 1] });
    expect((await collection(`client=${client}&limit=2`)).names).toEqual(['k-b 1', 'k-b 0']);
  });

  it('gives them to a frontend, and takes them from the others', async () => {
    const before = await app.client.as(reader).get(`/user/collection/stats/general?client=${client}`);
    expect(before.body).toMatchObject({ total_items: 6, total_spent: 30 });
    await imports({ id: 'k-c', name: 'Cow', client: otherClient });
    expect(await history(`order=name-asc&client=${client}`)).toEqual({ total: 2, names: ['Bee', 'Zebra'] });
    expect((await history(`client=${otherClient}`)).total).toBe(3);
    expect((await collection(`client=${client}`)).total).toBe(4);
    const after = await app.client.as(reader).get(`/user/collection/stats/general?client=${client}`);
    expect(after.body).toMatchObject({ total_items: 4, total_spent: 20 });
    expect(await drift()).toEqual([]);
  });

  it('changes nothing else of an entry', async () => {
    const { body } = await app.client.as(reader).get(`/user/reading-status/id/${await seriesId('k-a')}`);
    await imports({ id: 'k-a', name: 'Yak' });
    const after = await app.client.as(reader).get(`/user/reading-status/id/${await seriesId('k-a')}`);
    expect(after.body).toEqual(body);
  });

  it('finds what was added while it was under way', async () => {
    const other = await app.a.user();
    const administrator = await app.a.administrator();
    await imports({ id: 'k-d', name: 'Dog' });
    const id = await seriesId('k-d');
    // The import has moved what readers keep, and waits to be written down; meanwhile somebody adds the series.
    const blocker = new Client({ connectionString: app.database.url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table audit_entries in share mode');
    const raw = catalogOf([{ id: 'k-d', name: 'Newt' }]);
    const importing = app.client
      .as(administrator)
      .post('/admin/catalog/import', undefined, { raw, headers: { 'content-type': 'application/x-ndjson' } });
    await somebodyWaits();
    const added = await app.client
      .as(other)
      .post(`/user/reading-status/add/${id}`, await app.a.entry({ client }));
    await blocker.query('commit');
    await blocker.end();
    expect(added.status).toBe(200);
    expect((await importing).status).toBe(200);
    const [row] = await app.database.query<{ series_name: string }>(
      'select series_name from reading_entries where user_id = $1',
      [other.id],
    );
    expect(row?.series_name).toBe('Newt');
  });
});

describe('a change that loses a deadlock', () => {
  it('is made all the same', async () => {
    const user = await app.a.user();
    const series = await app.a.oneSeries();
    const entry = await app.a.entry({ client });
    await app.client.as(user).post(`/user/reading-status/add/${series}`, entry);
    const other = new Client({ connectionString: app.database.url });
    await other.connect();
    await other.query('begin');
    await other.query('select from reading_counts where user_id = $1 for update', [user.id]);
    // The request holds the entry and waits for the counts; the other then waits for the entry.
    const changing = app.client
      .as(user)
      .post(`/user/reading-status/update/${series}`, { ...entry, status: 'completed' });
    await somebodyWaits();
    await other.query('select from reading_entries where user_id = $1 for update', [user.id]);
    await other.query('commit');
    await other.end();
    expect((await changing).status).toBe(200);
    const { body } = await app.client.as(user).get('/user/reading-history?status=completed');
    expect(body.total).toBe(1);
  });
});

describe('kept totals', () => {
  it('stay what counting gives, whatever is done at once', async () => {
    const users = [await app.a.user(), await app.a.user()];
    const lines = (turn: number) =>
      Array.from({ length: 8 }, (_, index) => ({
        id: `t-${index}`,
        name: `T ${(index * 3 + turn) % 8}`,
        orders: [1 + (turn % 3)],
        ...((index + turn) % 2 === 0 ? {} : { client: otherClient }),
      }));
    await imports(...lines(0));
    const ids = await Promise.all(lines(0).map(({ id }) => seriesId(id)));
    const volumes = await app.database.query<{ id: number }>(
      `select id from volumes where external_id like 't-%' order by id`,
    );
    const random = seededRandom();
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
    const entry = await app.a.entry({ client });
    const statuses: number[] = [];
    const step = async () => {
      const who = app.client.as(pick(users));
      const series = pick(ids);
      const body = {
        ...entry,
        status: pick(['started', 'completed', 'paused', 'dropped']),
        visibility: pick(['public', 'private']),
      };
      const item = { client, price: pick([0, 1.5, 2.25]) };
      const { status } = await pick([
        () => who.post(`/user/reading-status/add/${series}`, body),
        () => who.post(`/user/reading-status/update/${series}`, body),
        () => who.post(`/user/reading-status/update/${series}`, body),
        () => who.delete(`/user/reading-status/delete/${series}`),
        () => who.post(`/user/collection/add/${pick(volumes).id}`, item),
        async () => {
          const page = await who.get(`/user/collection?client=${client}`);
          const owned = page.body.volumes.map(
            (volume: { collection: { item_id: number } }) => volume.collection.item_id,
          );
          if (owned.length === 0) return page;
          return pick([
            () => who.post(`/user/collection/update/${pick(owned)}`, { price: 7.75, date: '2024-05-05' }),
            () => who.delete(`/user/collection/delete/${pick(owned)}`),
          ])();
        },
      ])();
      statuses.push(status);
    };
    // Meanwhile imports rename the series, move their volumes, and give them from one frontend to the other.
    let [turn, ended] = [0, false];
    const importing = (async () => {
      while (!ended) await imports(...lines(++turn));
    })();
    for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 12 }, step));
    ended = true;
    await importing;
    expect(turn).toBeGreaterThan(5);
    // What is there already, or not any more, is refused; nothing fails.
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100);
    expect(await drift()).toEqual([]);
    for (const user of users) {
      const { body } = await app.client.as(user).get('/user/reading-history?limit=100');
      expect(body.total).toBe(body.series.length);
      for (const filter of ['status=paused', 'status=started,dropped', `client=${client}`]) {
        const filtered = await app.client.as(user).get(`/user/reading-history?limit=100&${filter}`);
        expect(filtered.body.total, filter).toBe(filtered.body.series.length);
      }
    }
    await app.client.as(users[0] as TestUser).delete('/users/current');
    expect(await drift()).toEqual([]);
    const left = await app.database.query('select from reading_counts where user_id = $1', [users[0]?.id]);
    expect(left).toEqual([]);
  });
});
