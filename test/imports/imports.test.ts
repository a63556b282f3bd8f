import { describe, expect, it, vi } from 'vitest';
import { ImportRowRepository } from '../../src/imports/import-row.repository.js';
import { APPLY_IMPORT, UNDO_IMPORT } from '../../src/imports/import-tasks.js';
import { ImportRepository } from '../../src/imports/import.repository.js';
import { Queue } from '../../src/queue/queue.js';
import { appForFile, startApp } from '../support/app.js';
import { unique } from '../support/builders.js';
import type { TestClient } from '../support/client.js';
import { form } from '../support/forms.js';
import { apply, malExport, preview, rowsOf, settled, undo, upload } from '../support/imports.js';

const app = appForFile();

async function reader(permissions?: readonly string[]) {
  const user = await app.a.user(permissions === undefined ? {} : { permissions });
  const client = app.client.as(user);
  return { user, client, fields: { client: String(await app.a.clientId()) } };
}

const entryOf = async (client: TestClient, id: number) =>
  (await client.get(`/user/reading-status/id/${id}`)).body;
const eventsOf = async (client: TestClient) => (await client.get('/user/events?limit=100')).body.events;
let malId = 900_000;
const link = () => ++malId;

describe('an import', () => {
  it('is previewed, corrected, applied, undone and applied again with another strategy', async () => {
    const { client, fields } = await reader();
    const [mal, name, twin] = [link(), unique('Kaiju '), unique('Twin ')];
    const [linked, novel, , second] = await app.a.series(
      { links: { mal } },
      { name, type: 'Novel' },
      { name: twin },
      { name: twin },
      {},
    );
    const body = await app.a.entry({ progress: 5, notes: 'mine' });
    await client.post(`/user/reading-status/add/${linked}`, body);
    const before = await entryOf(client, linked as number);
    const list = malExport([
      { id: mal, title: 'Another name', status: 'Completed', chapters: 3, score: 8, start: '2020-01-00' },
      { id: 1, title: `${name}!`, status: 'On-Hold', volumes: 2, timesRead: 255 },
      { id: 2, title: twin, chapters: 7 },
      { id: 3, title: unique('Unknown ') },
    ]);
    const imported = await preview(client, list, fields);
    expect(imported).toMatchObject({
      state: 'preview',
      format: 'myanimelist',
      strategy: 'furthest',
      progress: { done: 4, total: 4 },
      counts: { add: 0, change: 1, same: 0, skip: 0, ask: 2, refuse: 1 },
      error: null,
    });
    expect(await entryOf(client, linked as number)).toEqual(before);
    const [change, ask, both, refused] = await rowsOf(client, imported.id);
    expect(change).toMatchObject({
      number: 1,
      source: { title: 'Another name', ids: { mal: String(mal) } },
      outcome: 'change',
      reason: null,
      series_id: linked,
      before: { status: 'started', chapters: 5, score: null },
      after: { status: 'completed', chapters: 5, score: 8, start: '2020-01', notes: 'mine' },
    });
    expect(ask).toMatchObject({ outcome: 'ask', series_id: null, candidates: [{ series_id: novel }] });
    expect(both).toMatchObject({ outcome: 'ask', series_id: null });
    expect(both.candidates.map((one: { name: string }) => one.name)).toEqual([twin, twin]);
    expect(refused).toMatchObject({ outcome: 'refuse', reason: 'Not in the catalog', candidates: [] });

    const rows = `/user/imports/${imported.id}/rows`;
    expect((await client.patch(`${rows}/2`, { series_id: novel })).body).toMatchObject({
      outcome: 'add',
      reason: null,
      series_id: novel,
      after: { status: 'paused', volumes: 2, reread: 0 },
    });
    expect((await client.patch(`${rows}/3`, { series_id: second })).body).toMatchObject({ outcome: 'add' });
    expect((await client.get(`/user/imports/${imported.id}`)).body.counts).toMatchObject({ add: 2, ask: 0 });

    const done = await apply(client, imported.id);
    expect(done).toMatchObject({ state: 'done', counts: { add: 2, change: 1, same: 0, ask: 0, refuse: 1 } });
    expect(await entryOf(client, linked as number)).toMatchObject({
      status: 'completed',
      chapters: 5,
      score: 8,
    });
    expect(await entryOf(client, novel as number)).toMatchObject({
      status: 'paused',
      volumes: 2,
      progress_type: 'volumes',
      visibility: 'private',
    });
    const events = await eventsOf(client);
    for (const { origin } of events.slice(0, 3)) expect(origin).toEqual({ type: 'import', id: imported.id });

    expect((await undo(client, imported.id)).state).toBe('undone');
    const { version: _, last_update: __, ...restored } = await entryOf(client, linked as number);
    expect(before).toMatchObject(restored);
    expect(await entryOf(client, novel as number)).toBeNull();

    const replaced = await client.patch(`/user/imports/${imported.id}`, { strategy: 'replace' });
    expect(replaced.body).toMatchObject({ state: 'preview', strategy: 'replace' });
    expect((await rowsOf(client, imported.id, 'change'))[0]).toMatchObject({ after: { chapters: 3 } });
    expect((await apply(client, imported.id)).state).toBe('done');
    expect(await entryOf(client, linked as number)).toMatchObject({ status: 'completed', chapters: 3 });
    expect(await entryOf(client, second as number)).toMatchObject({ chapters: 7 });
    expect((await undo(client, imported.id)).state).toBe('undone');
    expect(await entryOf(client, linked as number)).toMatchObject({ status: 'started', chapters: 5 });
  });

  it('changes nothing when the same file is imported for the second time', async () => {
    const { client, fields } = await reader();
    const mals = [link(), link(), link()];
    await app.a.series(...mals.map((mal) => ({ links: { mal } })));
    const list = malExport(
      mals.map((id, index) => ({
        id,
        status: 'Completed',
        chapters: index * 10,
        score: 7,
        timesRead: index,
      })),
    );
    const first = await preview(client, list, { ...fields, keep_extras: 'true' });
    expect((await apply(client, first.id)).counts.add).toBe(3);
    const events = await eventsOf(client);
    for (const strategy of ['furthest', 'replace', 'fill', 'skip']) {
      const again = await preview(client, list, { ...fields, keep_extras: 'true', strategy });
      expect(again.counts).toMatchObject({ add: 0, change: 0, same: 3 });
      expect((await apply(client, again.id)).counts).toMatchObject({ same: 3 });
    }
    expect(await eventsOf(client)).toEqual(events);
  });

  it('ends two rows for one series as the furthest of both, under each strategy', async () => {
    const { client, fields } = await reader();
    for (const strategy of ['skip', 'fill', 'furthest', 'replace']) {
      const mal = link();
      const id = await app.a.oneSeries({ links: { mal } });
      const rows = [
        { id: mal, chapters: 30, score: 6, start: '2021-01-01' },
        { id: mal, chapters: 20, volumes: 2, score: 9, start: '2020-01-01' },
      ];
      const imported = await preview(client, malExport(rows), { ...fields, strategy });
      expect(imported.counts).toMatchObject({ add: 1, change: 1 });
      await apply(client, imported.id);
      expect(await entryOf(client, id)).toMatchObject({
        chapters: 30,
        volumes: 2,
        score: 6,
        start: '2020-01-01',
      });
      const again = await preview(client, malExport(rows), { ...fields, strategy });
      expect(again.counts, strategy).toMatchObject({ add: 0, change: 0, same: 2 });
    }
  });

  it('computes rows again when they are applied', async () => {
    const { client, fields } = await reader();
    const mal = link();
    const id = await app.a.oneSeries({ links: { mal } });
    const imported = await preview(client, malExport([{ id: mal, chapters: 3 }]), fields);
    expect(imported.counts.add).toBe(1);
    await client.post(`/user/reading-status/add/${id}`, await app.a.entry({ progress: 9 }));
    expect((await apply(client, imported.id)).counts).toMatchObject({ add: 0, same: 1 });
    expect(await entryOf(client, id)).toMatchObject({ chapters: 9 });
    expect((await rowsOf(client, imported.id))[0]).toMatchObject({
      before: { chapters: 9 },
      outcome: 'same',
    });
  });

  it('leaves out rows that the reader skips, and takes another series for a matched row', async () => {
    const { client, fields } = await reader();
    const [one, other] = [link(), link()];
    const [first, second, third] = await app.a.series({ links: { mal: one } }, { links: { mal: other } }, {});
    const list = malExport([
      { id: one, chapters: 1 },
      { id: other, chapters: 2 },
    ]);
    const imported = await preview(client, list, fields);
    const rows = `/user/imports/${imported.id}/rows`;
    expect((await client.patch(`${rows}/1`, { outcome: 'skip' })).body).toMatchObject({
      outcome: 'skip',
      after: null,
    });
    expect((await client.patch(`${rows}/2`, { series_id: third })).body).toMatchObject({ series_id: third });
    const done = await apply(client, imported.id);
    expect(done.counts).toMatchObject({ add: 1, skip: 1 });
    expect(await entryOf(client, first as number)).toBeNull();
    expect(await entryOf(client, second as number)).toBeNull();
    expect(await entryOf(client, third as number)).toMatchObject({ chapters: 2 });
  });

  it('reads scores above 10 as those of a list that counts to 100, unless the request names the maximum', async () => {
    const { client, fields } = await reader();
    const mals = [link(), link()];
    await app.a.series(...mals.map((mal) => ({ links: { mal } })));
    const list = (score: number) =>
      malExport(mals.map((id, index) => ({ id, score: index === 0 ? score : 8 })));
    const scores = async (body: { id: number }) =>
      (await rowsOf(client, body.id)).map(({ after }) => after.score);
    expect(await scores(await preview(client, list(7), fields))).toEqual([7, 8]);
    expect(await scores(await preview(client, list(70), fields))).toEqual([7, 0.8]);
    expect(await scores(await preview(client, list(7), { ...fields, scale: '100' }))).toEqual([0.7, 0.8]);
  });

  it('is the reader’s own', async () => {
    const { client, fields } = await reader();
    const imported = await preview(client, malExport([]), fields);
    expect(imported).toMatchObject({ state: 'preview', counts: { add: 0 }, progress: { done: 0, total: 0 } });
    const other = (await reader()).client;
    const path = `/user/imports/${imported.id}`;
    for (const answer of [
      await other.get(path),
      await other.get(`${path}/rows`),
      await other.patch(path, { strategy: 'fill' }),
      await other.patch(`${path}/rows/1`, { outcome: 'skip' }),
      await other.post(`${path}/apply`),
      await other.post(`${path}/undo`),
      await other.delete(path),
    ]) {
      expect([answer.status, answer.body.data]).toEqual([404, 'Import not found']);
    }
    expect((await other.get('/user/imports')).body).toMatchObject({ imports: [], total: 0 });
    expect((await client.get('/user/imports')).body).toMatchObject({
      imports: [{ id: imported.id }],
      total: 1,
    });
  });

  it('is forgotten when it is deleted, and what was applied stays', async () => {
    const { user, client, fields } = await reader();
    const mal = link();
    const id = await app.a.oneSeries({ links: { mal } });
    const imported = await preview(client, malExport([{ id: mal, chapters: 4 }]), fields);
    await apply(client, imported.id);
    expect((await client.delete(`/user/imports/${imported.id}`)).status).toBe(204);
    expect((await client.get(`/user/imports/${imported.id}`)).status).toBe(404);
    expect(await entryOf(client, id)).toMatchObject({ chapters: 4 });
    const left = await app.database.query('select from import_rows where user_id = $1', [user.id]);
    expect(left).toHaveLength(0);
    const undone = await client.post('/user/events/undo', { origin: { type: 'import', id: imported.id } });
    expect(undone.body).toMatchObject({ undone: 1 });
  });

  it('is undone after the client that an entry had before it was deleted', async () => {
    const { client, fields } = await reader();
    const [mal, other] = [link(), link()];
    const [id = 0, added = 0] = await app.a.series({ links: { mal } }, { links: { mal: other } });
    const former = await app.a.registeredClient();
    const body = await app.a.entry({ progress: 2, client: former.id });
    await client.post(`/user/reading-status/add/${id}`, body);
    const list = malExport([
      { id: mal, chapters: 7 },
      { id: other, chapters: 1 },
    ]);
    const imported = await preview(client, list, fields);
    await apply(client, imported.id);
    const admin = app.client.as(await app.a.user({ permissions: ['manage-clients'] }));
    expect((await admin.delete(`/admin/clients/${former.id}`)).status).toBe(204);
    expect(await undo(client, imported.id)).toMatchObject({ state: 'undone', error: null });
    expect(await entryOf(client, id)).toMatchObject({ chapters: 2, client: Number(fields.client) });
    expect(await entryOf(client, added)).toBeNull();
  });

  it('does not write with a client that has been disabled', async () => {
    const { client } = await reader();
    const mal = link();
    const id = await app.a.oneSeries({ links: { mal } });
    const { id: website } = await app.a.registeredClient();
    const imported = await preview(client, malExport([{ id: mal }]), { client: String(website) });
    await app.database.query('update clients set enabled = false where id = $1', [website]);
    expect(await apply(client, imported.id)).toMatchObject({
      state: 'failed',
      error: { message: 'Client is not registered', line: null },
    });
    expect(await entryOf(client, id)).toBeNull();
  });
});

describe('a job of an import', () => {
  it('changes nothing after another run of it has read the file', async () => {
    const { user, client, fields } = await reader();
    const id = await app.a.oneSeries({ links: { mal: link() } });
    const { id: number } = await preview(client, malExport([{ id: 1, title: unique('Unknown ') }]), fields);
    const key = { userId: user.id, id: number };
    const decided = await client.patch(`/user/imports/${number}/rows/1`, { series_id: id });
    const before = (await client.get(`/user/imports/${number}`)).body;
    const imports = app.nest.get(ImportRepository);
    const lateSteps = async () => {
      await imports.setProgress(key, { state: 'reading', isStored: false, done: 0, total: 9 });
      await imports.setStored(key, { total: 9, scale: 5, format: null });
    };
    await lateSteps();
    const state = (value: string) =>
      app.database.query('update imports set state = $1 where user_id = $2', [value, user.id]);
    // The other run has stored the rows, and is matching them.
    await state('reading');
    await lateSteps();
    await state('preview');
    const late = { number: 1, outcome: 'refuse', reason: null, candidates: [], series_id: null } as const;
    const match = { ...late, volume_id: null, position: null };
    await app.nest.get(ImportRowRepository).setMatches(key, [match], { onlyNew: true });
    await imports.abandon(key);
    expect((await client.get(`/user/imports/${number}`)).body).toEqual(before);
    expect(await rowsOf(client, number)).toEqual([decided.body]);
  });

  it('changes nothing after the import has been undone', async () => {
    const { user, client, fields } = await reader();
    const mal = link();
    await app.a.oneSeries({ links: { mal } });
    const imported = await preview(client, malExport([{ id: mal, chapters: 3 }]), fields);
    await apply(client, imported.id);
    const undone = await undo(client, imported.id);
    const events = await eventsOf(client);
    const queue = app.nest.get(Queue);
    for (const task of [APPLY_IMPORT, UNDO_IMPORT]) {
      await queue.add(task, { userId: user.id, id: imported.id }, user.id);
    }
    const waiting = () => app.database.query(`select id from queued_jobs where owner = $1`, [user.id]);
    await expect.poll(waiting).toEqual([]);
    expect((await client.get(`/user/imports/${imported.id}`)).body).toEqual(undone);
    expect(await eventsOf(client)).toEqual(events);
  });

  it('that is a dead letter leaves a failed import', async () => {
    const { user, client, fields } = await reader();
    const { id } = await preview(client, malExport([{ id: link() }]), fields);
    await app.database.query(`update imports set state = 'applying' where user_id = $1`, [user.id]);
    await app.nest.get(ImportRepository).abandon({ userId: user.id, id });
    expect((await client.get(`/user/imports/${id}`)).body).toMatchObject({
      state: 'failed',
      error: { message: 'Import failed', line: null },
    });
  });
});

describe('a request for an import', () => {
  it('is refused with 400 if the form is wrong', async () => {
    const { client, fields } = await reader();
    const list = malExport([]);
    const refused = async (given: Record<string, string>, file = list) => {
      const { status, body } = await upload(client, file, given);
      return [status, body.data, body.errors?.[0]?.field];
    };
    expect(await refused({})).toEqual([400, 'Required parameters missing', 'client']);
    expect(await refused({ client: '0' })).toEqual([400, 'Invalid parameters', 'client']);
    expect(await refused({ client: '2000000' })).toEqual([400, 'Invalid parameters', 'client']);
    for (const name of ['format', 'strategy', 'visibility', 'scale', 'keep_extras', 'unknown']) {
      expect(await refused({ ...fields, [name]: 'other' })).toEqual([400, 'Invalid parameters', name]);
    }
    expect(await refused(fields, 'no list')).toEqual([400, 'Unknown format', 'format']);
    expect(await refused({ ...fields, format: 'goodreads' })).toEqual([400, 'Unknown format', 'format']);
    const { body } = await upload(client, 'no list', fields);
    expect(body.errors[0].messages).toEqual(
      expect.arrayContaining(['myanimelist', 'anilist', 'mihon', 'yamtrack', 'goodreads', 'tankobon']),
    );
    const noFile = await client.post(
      '/user/imports',
      undefined,
      form([{ name: 'client', bytes: fields.client }]),
    );
    expect([noFile.status, noFile.body.data]).toEqual([400, 'Required parameters missing']);
  });

  it('is refused with 413 if the file has more than 20 MB', async () => {
    const { client, fields } = await reader();
    expect((await upload(client, Buffer.alloc(20_000_001), fields)).status).toBe(413);
  });

  it('is refused with 409 in a state that does not allow it', async () => {
    const { client, fields } = await reader();
    const { id } = await preview(client, malExport([{ id: link() }]), fields);
    const path = `/user/imports/${id}`;
    const conflict = [409, 'Import is not ready'];
    const answer = async (sent: Promise<{ status: number; body: { data: string } }>) => {
      const { status, body } = await sent;
      return [status, body.data];
    };
    expect(await answer(client.post(`${path}/undo`))).toEqual(conflict);
    await apply(client, id);
    expect(await answer(client.post(`${path}/apply`))).toEqual(conflict);
    expect(await answer(client.patch(path, { strategy: 'skip' }))).toEqual(conflict);
    expect(await answer(client.patch(`${path}/rows/1`, { outcome: 'skip' }))).toEqual(conflict);
  });

  it('for a row names exactly one decision, an existing row and a visible series', async () => {
    const { client, fields } = await reader();
    const [hidden] = await app.a.series({ public: 0 });
    const { id } = await preview(client, malExport([{ id: link() }]), fields);
    const row = `/user/imports/${id}/rows/1`;
    const answer = async (path: string, body: object) => {
      const { status, body: answered } = await client.patch(path, body);
      return [status, answered.data];
    };
    expect((await client.get(`/user/imports/${id}/rows?outcome=other`)).status).toBe(400);
    expect(await answer(row, {})).toEqual([400, 'Required parameters missing']);
    expect(await answer(row, { series_id: 1, outcome: 'skip' })).toEqual([400, 'Invalid parameters']);
    expect(await answer(row, { outcome: 'add' })).toEqual([400, 'Invalid parameters']);
    expect(await answer(row, { series_id: hidden })).toEqual([404, 'Series not found']);
    expect(await answer(`/user/imports/${id}/rows/2`, { outcome: 'skip' })).toEqual([404, 'Row not found']);
    expect(await answer(`/user/imports/${id}/rows/0`, { outcome: 'skip' })).toEqual([
      400,
      'Invalid parameters',
    ]);
  });

  it('is refused with 429 while two imports are at work', async () => {
    const { user, client, fields } = await reader();
    const { id } = await preview(client, malExport([]), fields);
    await app.database.query(
      `insert into imports (user_id, id, state, strategy, client_id, visibility, keep_extras, expires)
       select $1, n, 'reading', 'skip', 1, 'private', false, now() from generate_series(1000001, 1000002) n`,
      [user.id],
    );
    expect((await upload(client, malExport([]), fields)).status).toBe(429);
    const refused = await client.post(`/user/imports/${id}/apply`);
    expect(refused.status).toBe(429);
    await app.database.query(`update imports set state = 'done' where user_id = $1 and id = $2`, [
      user.id,
      id,
    ]);
    expect((await client.post(`/user/imports/${id}/undo`)).status).toBe(429);
    await app.database.query(`update imports set state = 'preview' where user_id = $1 and id = $2`, [
      user.id,
      id,
    ]);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    await client.delete('/user/imports/1000001');
    expect((await upload(client, malExport([]), fields)).status).toBe(202);
  });

  it('is refused with 429 after 20 on one day', async () => {
    const limited = await startApp({ RATE_LIMIT: 'on', RATE_LIMIT_PER_MINUTE: '10000' });
    try {
      const user = await limited.a.user();
      const client = limited.client.as(user);
      const fields = { client: String(await limited.a.clientId()) };
      const next = async () => {
        const answer = await upload(client, malExport([]), fields);
        if (answer.status === 202) await settled(client, answer.body.id);
        return answer;
      };
      expect((await next()).status).toBe(202);
      const spend = 'update rate_limits set points = 19 where key = $1 and points = 1 returning points';
      expect(await limited.database.query(spend, [`imports:${user.id}`])).toHaveLength(1);
      expect((await next()).status).toBe(202);
      const refused = await next();
      expect(refused).toMatchObject({ status: 429, body: { data: 'Too many requests.', code: 429 } });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(23 * 60 * 60);
    } finally {
      await limited.close();
    }
  });

  it('is refused with 403 to personal tokens', async () => {
    const { client } = await reader();
    const made = await client.post('/auth/tokens', { name: 'script', scopes: ['read', 'write-history'] });
    expect(made.status, made.text).toBe(201);
    const script = app.client.with({ authorization: `Bearer ${made.body.token}` });
    for (const path of ['', '/1', '/1/rows']) {
      expect((await script.get(`/user/imports${path}`)).status).toBe(403);
    }
    expect((await script.post('/user/imports/1/apply')).status).toBe(403);
  });
});

describe('a preview', () => {
  it('is forgotten after seven days', async () => {
    const { user, client, fields } = await reader();
    const { id, created, expires } = await preview(client, malExport([{ id: link() }]), fields);
    expect(Date.parse(expires) - Date.parse(created)).toBeCloseTo(7 * 86_400_000, -5);
    await app.database.query("update imports set expires = now() - interval '1 s' where user_id = $1", [
      user.id,
    ]);
    expect((await client.get(`/user/imports/${id}`)).status).toBe(404);
    expect((await client.post(`/user/imports/${id}/apply`)).status).toBe(404);
    const { OldRows } = await import('../../src/jobs/old-rows.js');
    await app.nest.get(OldRows).remove();
    expect(await app.database.query('select from imports where user_id = $1', [user.id])).toHaveLength(0);
    expect(await app.database.query('select from import_rows where user_id = $1', [user.id])).toHaveLength(0);
  });

  it('leaves no rows of an import that is deleted while its file is read', async () => {
    const { user, client, fields } = await reader();
    const rows = app.nest.get(ImportRowRepository);
    const add = rows.add.bind(rows);
    let deleted = 0;
    const spy = vi.spyOn(rows, 'add').mockImplementation(async (key, batch) => {
      await add(key, batch);
      if (deleted === 0) deleted = (await client.delete(`/user/imports/${key.id}`)).status;
    });
    const mals = Array.from({ length: 600 }, link);
    await upload(client, malExport(mals.map((id) => ({ id }))), fields);
    await expect.poll(() => deleted).toBe(204);
    await expect
      .poll(() =>
        app.database.query("select from queued_jobs where task like 'import%' and owner = $1", [user.id]),
      )
      .toHaveLength(0);
    spy.mockRestore();
    expect(await app.database.query('select from import_rows where user_id = $1', [user.id])).toHaveLength(0);
  });

  it('of a damaged file fails with the line', async () => {
    const { client, fields } = await reader();
    const list = malExport([{ id: 1 }, { id: 2 }]);
    const part = list.slice(0, list.lastIndexOf('<my_status>'));
    const answer = await upload(client, part, fields);
    expect(answer.status).toBe(202);
    expect(await settled(client, answer.body.id)).toMatchObject({
      state: 'failed',
      error: { message: 'Invalid file', line: part.split('\n').length },
    });
    expect((await client.post(`/user/imports/${answer.body.id}/apply`)).status).toBe(409);
  });

  it('refuses rows about hidden series and series of another client', async () => {
    const { client, fields } = await reader();
    const [mal, own] = [link(), link()];
    const { id: website } = await app.a.registeredClient();
    await app.a.series({ links: { mal }, public: 0 }, { links: { mal: own }, client: website });
    const { id } = await preview(client, malExport([{ id: mal }, { id: own }]), fields);
    expect((await rowsOf(client, id)).map(({ outcome }) => outcome)).toEqual(['refuse', 'refuse']);
    const there = await preview(client, malExport([{ id: own }]), { client: String(website) });
    expect(there.counts.add).toBe(1);
  });
});
