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

/** The lines in the format of a catalog file. */
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

/** Counters that differ from a recount. */
async function counterDrift() {
  const entries = await app.database.query(
    `select user_id, visibility, status, series_client, sum(counter), sum(recount) from (
       select user_id, visibility, status, series_client, total as counter, 0 as recount from reading_counts
       union all
       select user_id, visibility, status, series_client, 0, 1 from reading_entries
     ) as sides group by 1, 2, 3, 4 having sum(counter) <> sum(recount)`,
  );
  const items = await app.database.query(
    `select user_id, series_client, state, currency, sum(counter), sum(recount), sum(spent), sum(price) from (
       select user_id, series_client, state, currency, items as counter, 0 as recount, spent, 0 as price
       from collection_totals
       union all
       select user_id, series_client, state, currency, 0, 1, 0, price from collection_items
     ) as sides group by 1, 2, 3, 4 having sum(counter) <> sum(recount) or sum(spent) <> sum(price)`,
  );
  return [...entries, ...items];
}

/** Returns once a statement in this database is blocked by a lock. */
async function untilBlocked(): Promise<void> {
  for (let attempt = 0; attempt < 6_000; attempt++) {
    const [row] = await app.database.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    if ((row?.waiting ?? 0) > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('no statement was blocked within a minute');
}

describe('An import that changes series', () => {
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

  it('moves a renamed series to its new place in reading histories and collections', async () => {
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

  it('moves volumes with a changed order to their new place in the collection', async () => {
    await imports({ id: 'k-b', name: 'Bee', orders: [2, 1] });
    expect((await collection(`client=${client}&limit=2`)).names).toEqual(['k-b 1', 'k-b 0']);
  });

  it('restricts a series to one client in lists and counters when an import assigns it to that client', async () => {
    const before = await app.client.as(reader).get(`/user/collection/stats/general?client=${client}`);
    expect(before.body).toMatchObject({ total_items: 6, total_spent: 30 });
    await imports({ id: 'k-c', name: 'Cow', client: otherClient });
    expect(await history(`order=name-asc&client=${client}`)).toEqual({ total: 2, names: ['Bee', 'Zebra'] });
    expect((await history(`client=${otherClient}`)).total).toBe(3);
    expect((await collection(`client=${client}`)).total).toBe(4);
    const after = await app.client.as(reader).get(`/user/collection/stats/general?client=${client}`);
    expect(after.body).toMatchObject({ total_items: 4, total_spent: 20 });
    expect(await counterDrift()).toEqual([]);
  });

  it('changes no visible field of a reading entry when an import renames its series', async () => {
    const { body } = await app.client.as(reader).get(`/user/reading-status/id/${await seriesId('k-a')}`);
    await imports({ id: 'k-a', name: 'Yak' });
    const after = await app.client.as(reader).get(`/user/reading-status/id/${await seriesId('k-a')}`);
    expect(after.body).toEqual(body);
  });

  it('refreshes the sort key of an entry that was added during the import', async () => {
    const other = await app.a.user();
    const administrator = await app.a.administrator();
    await imports({ id: 'k-d', name: 'Dog' });
    const id = await seriesId('k-d');
    // The import has refreshed the sort keys and is blocked at its audit entry; meanwhile another user adds the series.
    const blocker = new Client({ connectionString: app.database.url });
    await blocker.connect();
    await blocker.query('begin');
    await blocker.query('lock table audit_entries in share mode');
    const raw = catalogOf([{ id: 'k-d', name: 'Newt' }]);
    const importing = app.client
      .as(administrator)
      .post('/admin/catalog/import', undefined, { raw, headers: { 'content-type': 'application/x-ndjson' } });
    await untilBlocked();
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

describe('A request that PostgreSQL chooses as the victim of a deadlock', () => {
  it('retries the transaction of a deadlock victim and answers 200', async () => {
    const user = await app.a.user();
    const series = await app.a.oneSeries();
    const entry = await app.a.entry({ client });
    await app.client.as(user).post(`/user/reading-status/add/${series}`, entry);
    /** @returns whether the request was the victim */
    const attempt = async (status: string) => {
      const other = new Client({ connectionString: app.database.url });
      await other.connect();
      try {
        await other.query('begin');
        await other.query('select from reading_counts where user_id = $1 for update', [user.id]);
        // The request locks the entry and is blocked by the counters; the other transaction then requests the entry.
        const changing = app.client
          .as(user)
          .post(`/user/reading-status/update/${series}`, { ...entry, status });
        await untilBlocked();
        const isOtherVictim = await other
          .query('select from reading_entries where user_id = $1 for update', [user.id])
          .then(
            () => false,
            (error: { code?: string }) => {
              if (error.code !== '40P01') throw error;
              return true;
            },
          );
        await other.query('commit');
        expect((await changing).status).toBe(200);
        return !isOtherVictim;
      } finally {
        await other.end();
      }
    };
    // PostgreSQL looks for a deadlock once, a second after the request was blocked: then the other one must wait, too.
    let isVictim = false;
    for (let round = 0; !isVictim; round++)
      isVictim = await attempt(round % 2 === 0 ? 'completed' : 'paused');
    expect(
      (
        await app.client
          .as(user)
          .post(`/user/reading-status/update/${series}`, { ...entry, status: 'completed' })
      ).status,
    ).toBe(200);
    const { body } = await app.client.as(user).get('/user/reading-history?status=completed');
    expect(body.total).toBe(1);
  });
});

describe('Counters of reading entries and collection items', () => {
  it('keeps every counter equal to a recount under concurrent writes and imports', async () => {
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
      const user = app.client.as(pick(users));
      const series = pick(ids);
      const body = {
        ...entry,
        status: pick(['started', 'completed', 'paused', 'dropped']),
        visibility: pick(['public', 'private']),
      };
      const state = pick(['owned', 'ordered', 'wanted']);
      const currency = pick(['EUR', 'USD', 'KWD']);
      const item = { client, price: pick([0, 1.5, 2.25]), state, currency };
      const { status } = await pick([
        () => user.post(`/user/reading-status/add/${series}`, body),
        () => user.post(`/user/reading-status/update/${series}`, body),
        () => user.post(`/user/reading-status/update/${series}`, body),
        () => user.delete(`/user/reading-status/delete/${series}`),
        () => user.post(`/user/collection/add/${pick(volumes).id}`, item),
        async () => {
          const page = await user.get(`/user/collection?client=${client}&state=owned,ordered,wanted`);
          const owned = page.body.volumes.map(
            (volume: { collection: { item_id: number } }) => volume.collection.item_id,
          );
          if (owned.length === 0) return page;
          return pick([
            () => user.post(`/user/collection/update/${pick(owned)}`, { price: 7.75, date: '2024-05-05' }),
            () =>
              user.post(`/user/collection/update/${pick(owned)}`, {
                price: 3.5,
                date: '2024-05-05',
                state,
                currency,
              }),
            () => user.delete(`/user/collection/delete/${pick(owned)}`),
          ])();
        },
      ])();
      statuses.push(status);
    };
    // Meanwhile imports rename the series, move their volumes, and assign them to different clients.
    let [turn, ended] = [0, false];
    const importing = (async () => {
      while (!ended) await imports(...lines(++turn));
    })();
    for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 12 }, step));
    ended = true;
    await importing;
    expect(turn).toBeGreaterThan(5);
    // Conflicts and missing rows are rejected with 4xx; no request fails.
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100);
    expect(await counterDrift()).toEqual([]);
    for (const user of users) {
      const { body } = await app.client.as(user).get('/user/reading-history?limit=100');
      expect(body.total).toBe(body.series.length);
      for (const filter of ['status=paused', 'status=started,dropped', `client=${client}`]) {
        const filtered = await app.client.as(user).get(`/user/reading-history?limit=100&${filter}`);
        expect(filtered.body.total, filter).toBe(filtered.body.series.length);
      }
    }
    await app.client.as(users[0] as TestUser).delete('/users/current');
    expect(await counterDrift()).toEqual([]);
    const left = await app.database.query('select from reading_counts where user_id = $1', [users[0]?.id]);
    expect(left).toEqual([]);
  });
});
