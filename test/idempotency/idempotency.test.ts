import { beforeEach, describe, expect, it } from 'vitest';
import { appForFile, startApp } from '../support/app.js';
import type { TestUser } from '../support/builders.js';

const app = appForFile({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '100000' });
let reader: TestUser;
let series: number;

beforeEach(async () => {
  reader = await app.a.user();
  await app.database.query('delete from rate_limits');
  series = await app.a.oneSeries();
});

const command = async (fields: Record<string, unknown> = {}) => ({
  op: 'increment',
  value: 1,
  client: await app.a.clientId(),
  ...fields,
});
const send = (key: string, body: unknown, url = `/user/reading-status/progress/${series}`, user = reader) =>
  app.client.as(user).post(url, body, { headers: { 'idempotency-key': key } });
const progress = async () =>
  (await app.client.as(reader).get(`/user/reading-status/id/${series}`)).body?.progress;

/** Repeats a request as a client does that meets the first one at work, which takes long on a busy machine. */
async function whileInProgress<T extends { status: number; body: { data?: unknown } }>(
  request: () => Promise<T>,
): Promise<T> {
  const answer = await request();
  const isInProgress = answer.status === 409 && answer.body.data === 'Request is in progress';
  return isInProgress ? whileInProgress(request) : answer;
}

describe('Idempotency-Key', () => {
  it('answers a repeated request with the first answer, and does its work once', async () => {
    const first = await send('a', await command());
    expect(first.status).toBe(200);
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const second = await send('a', await command());
    expect(second).toMatchObject({
      status: 200,
      text: first.text,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(await progress()).toBe(1);
    expect((await send('b', await command())).body.progress).toBe(2);
  });

  it('does the work of 200 concurrent requests with one key once', async () => {
    const body = await command();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => whileInProgress(() => send('same', body))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
    expect(await progress()).toBe(1);
  });

  it('does the work of 200 concurrent requests to two nodes once', async () => {
    const other = await startApp({}, app.database);
    const body = await command();
    const url = `/user/reading-status/progress/${series}`;
    const options = { headers: { 'idempotency-key': 'nodes' } };
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        whileInProgress(() => (index % 2 === 0 ? app : other).client.as(reader).post(url, body, options)),
      ),
    );
    await other.close();
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await progress()).toBe(1);
  });

  it('rejects another request with the same key with 422', async () => {
    await send('a', await command());
    const reused = { status: 422, body: { data: 'Idempotency key was used for another request', code: 422 } };
    expect(await send('a', await command({ value: 2 }))).toMatchObject(reused);
    expect(await send('a', await command(), `/user/reading-status/progress/${series}?x=1`)).toMatchObject(
      reused,
    );
    expect(
      await app.client
        .as(reader)
        .post(`/user/reading-status/progress/${series}`, await command({ value: 2 }), {
          headers: { 'idempotency-key': 'a', 'if-match': '"99"' },
        }),
    ).toMatchObject(reused);
    expect(await progress()).toBe(1);
  });

  it('belongs to the reader, whatever the credential', async () => {
    const body = await command();
    await send('a', body);
    const byCookie = await app.client
      .withCookie(reader)
      .post(`/user/reading-status/progress/${series}`, body, { headers: { 'idempotency-key': 'a' } });
    expect(byCookie.headers['idempotency-replayed']).toBe('true');
    const other = await app.a.user();
    expect((await send('a', body, undefined, other)).headers['idempotency-replayed']).toBeUndefined();
  });

  it('stores the answers 404, 409 and 412, and their bodies', async () => {
    const entry = await app.a.entry();
    const add = `/user/reading-status/add/${series}`;
    const update = `/user/reading-status/update/${series}`;
    expect((await send('missing', entry, update)).status).toBe(404);
    await app.client.as(reader).post(add, entry);
    expect((await send('exists', entry, add)).status).toBe(409);
    const conditional = { headers: { 'idempotency-key': 'changed', 'if-match': '"99"' } };
    const changed = await app.client.as(reader).post(update, entry, conditional);
    expect(changed).toMatchObject({ status: 412, body: { entry: { version: 1 } } });
    await app.client.as(reader).delete(`/user/reading-status/delete/${series}`);
    for (const [key, url, status] of [
      ['missing', update, 404],
      ['exists', add, 409],
      ['changed', update, 412],
    ] as const) {
      const replay = await send(key, entry, url);
      expect(replay, key).toMatchObject({ status, headers: { 'idempotency-replayed': 'true' } });
    }
    expect((await send('changed', entry, update)).text).toBe(changed.text);
  });

  it('does not use up the key of a 400', async () => {
    expect((await send('a', await command({ client: 9_999 }))).status).toBe(400);
    expect((await send('a', await command({ value: -1 }))).status).toBe(400);
    expect((await send('a', await command())).status).toBe(200);
    // Parameters are validated before the key is looked up.
    expect((await send('a', await command({ client: 9_999 }))).status).toBe(400);
  });

  it.each(['x'.repeat(256), 'ü', 'a\tb'])('rejects the key %j with 400, after other errors', async (key) => {
    const headers = { 'idempotency-key': Buffer.from(key).toString('latin1') };
    const url = `/user/reading-status/progress/${series}`;
    const answer = await app.client.as(reader).post(url, await command(), { headers });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'Idempotency-Key' }] } });
    const missing = await app.client.as(reader).post(url, {}, { headers });
    expect(missing.body.data).toBe('Required parameters missing');
  });

  it('forgets a key after 24 hours', async () => {
    await send('a', await command());
    await app.database.query(`update idempotency_keys set created = created - interval '24 hours'`);
    const again = await send('a', await command({ value: 5 }));
    expect(again).toMatchObject({ status: 200, body: { progress: 6 } });
  });

  it('answers 409 with Retry-After while the first request is at work for more than two seconds', async () => {
    await app.client.as(reader).post(`/user/reading-status/progress/${series}`, await command());
    await app.database.query(
      `create function be_slow() returns trigger language plpgsql as $$ begin perform pg_sleep(4); return new; end $$`,
    );
    await app.database.query(
      `create trigger be_slow before update on reading_entries for each row execute function be_slow()`,
    );
    const body = await command();
    const answers = await Promise.all([send('slow', body), send('slow', body)]);
    await app.database.query('drop function be_slow cascade');
    const [done, refused] = answers.toSorted((one, other) => one.status - other.status);
    expect(done?.status).toBe(200);
    expect(refused).toMatchObject({ status: 409, body: { data: 'Request is in progress' } });
    expect(refused?.headers['retry-after']).toBe('1');
    expect(await progress()).toBe(2);
  });

  it('applies to every route that takes a key', async () => {
    const client = await app.a.clientId();
    const [owned] = await app.a.series({
      volumes: [{ external_id: `idempotent-${series}`, name: 'One', order: 1, language: 'en' }],
    });
    const [volume] = await app.database.query<{ id: number }>('select id from volumes where series_id = $1', [
      owned,
    ]);
    const entry = await app.a.entry({ progress: 3 });
    const requests: [string, object][] = [
      [`/user/reading-status/add/${series}`, entry],
      [`/user/reading-status/update/${series}`, entry],
      [`/user/series-rating/add/${series}`, { rating: 5 }],
      [`/user/series-rating/update/${series}`, { rating: 6 }],
      [`/user/collection/add/${volume?.id}`, { client }],
      [`/user/reading-status/${series}/restart`, { client }],
      [`/user/reading-status/${series}/reads`, { client, status: 'completed' }],
    ];
    for (const [index, [url, body]] of requests.entries()) {
      const first = await send(`r${index}`, body, url);
      expect([200, 201], url).toContain(first.status);
      const second = await send(`r${index}`, body, url);
      expect(second, url).toMatchObject({ status: first.status, text: first.text });
      expect(second.headers['idempotency-replayed'], url).toBe('true');
    }
    const reads = await app.client.as(reader).get(`/user/reading-status/${series}/reads`);
    expect(reads.body.reads).toHaveLength(3);
  });

  it('rejects a key of another request with 422 on every route that takes a key', async () => {
    await send('used', await command());
    const client = await app.a.clientId();
    const entry = await app.a.entry();
    const bulk = { client, items: [{ op: 'delete', series_id: series }] };
    const requests: [string, object | undefined][] = [
      [`/user/reading-status/add/${series}`, entry],
      [`/user/reading-status/update/${series}`, entry],
      [`/user/reading-status/${series}/restart`, { client }],
      [`/user/reading-status/${series}/reads`, { client, status: 'completed' }],
      ['/user/reading-history/bulk', bulk],
      [`/user/series-rating/add/${series}`, { rating: 5 }],
      [`/user/series-rating/update/${series}`, { rating: 5 }],
      ['/user/collection/add/1', { client }],
      ['/user/collection/update/1', { price: 1, date: '2026-01-01' }],
      ['/user/collection/bulk', { client, items: [{ op: 'delete', item_id: 1 }] }],
      ['/user/calendar/secret', undefined],
      ['/user/events/1/undo', undefined],
      ['/user/events/undo', { origin: { type: 'bulk', id: 1 } }],
    ];
    for (const [url, body] of requests) expect((await send('used', body, url)).status, url).toBe(422);
    expect(await progress()).toBe(1);
  });

  it('rejects more than 10,000 keys in 24 hours with 429', async () => {
    await send('a', await command());
    await app.database.query(`update rate_limits set points = 10000 where key like 'idempotencyKeys:%'`);
    expect((await send('b', await command())).status).toBe(429);
    expect(await progress()).toBe(1);
    expect((await send('a', await command())).status).toBe(200);
  });

  it('deletes the keys with the account', async () => {
    await send('a', await command());
    expect((await app.client.as(reader).delete('/users/current')).status).toBe(204);
    for (const table of ['idempotency_keys', 'reader_events', 'reader_counters', 'deleted_entries']) {
      expect(await app.database.query(`select from ${table} where user_id = $1`, [reader.id]), table).toEqual(
        [],
      );
    }
  });
});
