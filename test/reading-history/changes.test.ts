import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChangesCursor } from '../../src/reading-history/changes-cursor.js';
import { OldRows } from '../../src/jobs/old-rows.js';
import { appForFile } from '../support/app.js';
import type { TestUser } from '../support/builders.js';

const app = appForFile();
let reader: TestUser;
let client: number;

beforeEach(async () => {
  reader = await app.a.user();
  client = await app.a.clientId();
});

const as = (user = reader) => app.client.as(user);
const set = (id: number, value: number) =>
  as().post(`/user/reading-status/progress/${id}`, { op: 'set', value, client });
const changes = (query = '', user = reader) => as(user).get(`/user/reading-history/changes?${query}`);

interface Change {
  series_id: number;
  version: number;
  deleted: boolean;
  entry: { progress: number } | null;
}

describe('GET /user/reading-history/changes', () => {
  it('returns all entries without a cursor, then only what has changed, in the order of versions', async () => {
    const ids = await app.a.series({}, {}, {});
    for (const id of ids) await set(id, 1);
    const first = (await changes()).body;
    expect(first.changes.map((change: Change) => change.series_id)).toEqual(ids);
    expect(first.more).toBe(false);
    expect((await changes(`cursor=${first.cursor}`)).body).toMatchObject({ changes: [], more: false });
    await set(ids[0] as number, 2);
    await as().delete(`/user/reading-status/delete/${ids[1]}`);
    await set(ids[0] as number, 3);
    const second = (await changes(`cursor=${first.cursor}`)).body;
    expect(second.changes).toEqual([
      { series_id: ids[1], version: 5, deleted: true, entry: null },
      {
        series_id: ids[0],
        version: 6,
        deleted: false,
        entry: expect.objectContaining({ progress: 3, version: 6 }),
      },
    ]);
    await set(ids[1] as number, 9);
    const third = (await changes(`cursor=${first.cursor}`)).body;
    expect(third.changes.map((change: Change) => [change.series_id, change.deleted])).toEqual([
      [ids[0], false],
      [ids[1], false],
    ]);
  });

  it('pages, and reports deletions between two pages', async () => {
    const ids = await app.a.series({}, {}, {}, {}, {});
    for (const id of ids) await set(id, 1);
    const first = (await changes('limit=2')).body;
    expect(first).toMatchObject({ more: true, changes: [{ series_id: ids[0] }, { series_id: ids[1] }] });
    await as().delete(`/user/reading-status/delete/${ids[0]}`);
    const second = (await changes(`limit=2&cursor=${first.cursor}`)).body;
    expect(second.changes.map((change: Change) => change.series_id)).toEqual([ids[2], ids[3]]);
    const third = (await changes(`limit=2&cursor=${second.cursor}`)).body;
    expect(third).toMatchObject({
      more: false,
      changes: [{ series_id: ids[4] }, { series_id: ids[0], deleted: true }],
    });
  });

  it('never skips a change while 20 writers commit in random order', async () => {
    const ids = await app.a.series(...Array.from({ length: 20 }, () => ({})));
    const state = new Map<number, number>();
    let cursor = '';
    const fetchAll = async () => {
      for (let more = true; more;) {
        const { body } = await changes(`limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
        for (const { series_id, entry } of body.changes as Change[]) {
          if (entry === null) state.delete(series_id);
          else state.set(series_id, entry.progress);
        }
        ({ cursor, more } = body);
      }
    };
    let writing = true;
    const reading = (async () => {
      while (writing) await fetchAll();
    })();
    await Promise.all(
      ids.map(async (id) => {
        for (let value = 1; value <= 15; value++) {
          await sleep(Math.random() * 10);
          if (value % 5 === 0) await as().delete(`/user/reading-status/delete/${id}`);
          else await set(id, value);
        }
        if (id % 2 === 0) await set(id, 99);
      }),
    );
    writing = false;
    await reading;
    await fetchAll();
    expect(state).toEqual(new Map(ids.filter((id) => id % 2 === 0).map((id) => [id, 99])));
  });

  it('rejects a cursor that is malformed, altered or another reader’s with 400', async () => {
    const [id] = await app.a.series({});
    await set(id as number, 1);
    const { cursor } = (await changes()).body;
    expect(cursor.length).toBeLessThan(200);
    const other = await app.a.user();
    const altered = cursor.replace(/^./, cursor.startsWith('B') ? 'C' : 'B');
    for (const wrong of ['x', altered, `${cursor}A`, `${cursor}=`, 'x'.repeat(201)]) {
      expect(await changes(`cursor=${wrong}`), wrong).toMatchObject({
        status: 400,
        body: { data: 'Invalid parameters', errors: [{ field: 'cursor' }] },
      });
    }
    expect((await changes(`cursor=${cursor}`, other)).status).toBe(400);
    expect((await changes(`cursor=${cursor}`)).status).toBe(200);
    for (const query of ['limit=0', 'limit=501', 'limit=x', `cursor=${cursor}&cursor=${cursor}`]) {
      expect((await changes(query)).status, query).toBe(400);
    }
  });

  it('answers 410 to a cursor of before a restore, and accepts those of after it', async () => {
    const [id] = await app.a.series({});
    await set(id as number, 1);
    const { cursor: before } = (await changes()).body;
    const expired = { status: 410, body: { data: 'Cursor has expired' } };
    try {
      await app.database.query(`update installation set epoch = '0123456789ab'`);
      expect(await changes(`cursor=${before}`)).toMatchObject(expired);
      const { cursor } = (await changes()).body;
      await set(id as number, 2);
      const next = (await changes(`cursor=${cursor}`)).body;
      expect(next.changes).toMatchObject([{ series_id: id, entry: { progress: 2 } }]);
      expect((await changes(`cursor=${next.cursor}`)).body).toMatchObject({ changes: [], more: false });
      expect((await changes(`cursor=${cursor}`, await app.a.user())).status).toBe(400);
      const altered = cursor.replace(/^./, cursor.startsWith('B') ? 'C' : 'B');
      expect((await changes(`cursor=${altered}`)).status).toBe(400);
      await app.database.query(`update installation set epoch = 'ba9876543210'`);
      expect(await changes(`cursor=${next.cursor}`)).toMatchObject(expired);
    } finally {
      await app.database.query('update installation set epoch = null');
    }
    expect((await changes(`cursor=${before}`)).body.changes).toHaveLength(1);
  });

  it('answers 410 to a cursor of more than 90 days, and deletes tombstones later than that', async () => {
    const [id] = await app.a.series({});
    await set(id as number, 1);
    const { cursor } = (await changes()).body;
    await as().delete(`/user/reading-status/delete/${id}`);
    await app.database.query(`update deleted_entries set at = at - interval '90 days 12 hours'`);
    await app.nest.get(OldRows).remove();
    expect((await changes(`cursor=${cursor}`)).body.changes).toHaveLength(1);
    await app.database.query(`update deleted_entries set at = at - interval '12 hours'`);
    await app.nest.get(OldRows).remove();
    expect(await app.database.query('select from deleted_entries where user_id = $1', [reader.id])).toEqual(
      [],
    );
    const since = Date.now() - 91 * 86_400_000;
    const old = app.nest.get(ChangesCursor, { strict: false }).write(reader.id, { after: 1, since }, null);
    expect(await changes(`cursor=${old}`)).toMatchObject({
      status: 410,
      body: { data: 'Cursor has expired' },
    });
  });
});
