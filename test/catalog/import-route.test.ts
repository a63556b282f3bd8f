import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { type TestUser, unique } from '../support/builders.js';

const app = appForFile();
const json = (body: unknown) => ({
  raw: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

describe('POST /admin/catalog/import', () => {
  const line = (fields: Record<string, unknown> = {}) =>
    JSON.stringify({
      kind: 'series',
      external_id: unique('up'),
      name: 'Uploaded',
      type: 'Manga',
      origin: 'Japanese',
      titles: [],
      tags: [],
      ...fields,
    });
  const send = async (user: TestUser, raw: string | Buffer, type = 'application/x-ndjson') =>
    app.client.as(user).post('/admin/catalog/import', undefined, { raw, headers: { 'content-type': type } });

  it('stores the valid lines of a catalog, reports the refused ones and audits the number of each', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    const [good, other] = [line({ volumes: [] }), line()];
    const file = [good, '{"kind":"series"}', 'nonsense', other, line({ client_id: 999_999 }), ''].join('\n');
    const answer = await send(keeper, file);
    expect(answer).toMatchObject({ status: 200, body: { series: 2, volumes: 0, unchanged: 0 } });
    expect(answer.body.refused.map(({ line: number }: { line: number }) => number)).toEqual([2, 3, 5]);
    expect((await send(keeper, gzipSync(`${good}\n${other}`), 'application/gzip')).body).toEqual({
      series: 0,
      volumes: 0,
      unchanged: 2,
      refused: [],
    });
    expect((await send(keeper, good, 'application/octet-stream')).body.unchanged).toBe(1);
    const entries = await app.database.query(
      'select action, target, after from audit_entries where actor = $1 order by id',
      [keeper.id],
    );
    expect(entries[0]).toEqual({
      action: 'catalog.import',
      target: null,
      after: { series: 2, volumes: 0, unchanged: 0, refused: 3 },
    });
    expect(entries).toHaveLength(3);
  });

  it('stores nothing from a file that is damaged, too large or not a catalog', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    const id = unique('never');
    const whole = Buffer.from(`${line({ external_id: id })}\n${'x'.repeat(50_000)}`);
    const invalid = { status: 400, body: { data: 'Invalid parameters' } };
    const zipped = gzipSync(whole);
    expect(await send(keeper, zipped.subarray(0, zipped.length - 9), 'application/gzip')).toMatchObject(
      invalid,
    );
    const many = Buffer.concat([whole, Buffer.from('\nx'.repeat(1001))]);
    expect(await send(keeper, many)).toMatchObject(invalid);
    expect(await send(keeper, '')).toMatchObject({
      status: 400,
      body: { data: 'Required parameters missing' },
    });
    expect((await app.client.as(keeper).post('/admin/catalog/import')).body.data).toBe(
      'Required parameters missing',
    );
    expect((await send(keeper, whole, 'text/plain')).status).toBe(415);
    expect((await app.client.as(keeper).post('/admin/catalog/import', undefined, json({}))).status).toBe(415);
    const huge = gzipSync(Buffer.alloc(501_000_000, 10), { level: 1 });
    expect((await send(keeper, Buffer.concat([gzipSync(whole), huge]), 'application/gzip')).status).toBe(413);
    expect((await send(keeper, Buffer.alloc(50_000_001))).status).toBe(413);
    const headers = { 'content-type': 'application/x-ndjson', 'content-length': '50000001' };
    expect((await app.client.post('/admin/catalog/import', undefined, { raw: 'x', headers })).status).toBe(
      413,
    );
    const rows = await app.database.query('select from series where external_id = $1', [id]);
    expect(rows).toEqual([]);
    expect(await app.database.query('select from audit_entries where actor = $1', [keeper.id])).toEqual([]);
  });

  it('continues the import after a line that the database refuses', async () => {
    const keeper = await app.a.user({ permissions: ['manage-catalog'] });
    await app.database.query(
      `alter table series add constraint no_refused check (name <> 'Refused by the database')`,
    );
    const file = [line(), line({ name: 'Refused by the database' }), line()].join('\n');
    expect((await send(keeper, file)).body).toEqual({
      series: 2,
      volumes: 0,
      unchanged: 0,
      refused: [{ line: 2, reason: 'the database refused it' }],
    });
    await app.database.query('alter table series drop constraint no_refused');
  });
});
