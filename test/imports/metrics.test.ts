import { expect, it, vi } from 'vitest';
import { ImportRepository } from '../../src/imports/import.repository.js';
import { appForFile } from '../support/app.js';
import { apply, malExport, preview, rowsOf, undo } from '../support/imports.js';

const app = appForFile();

/** The numbers of ended jobs, by state. */
async function ended(): Promise<Record<string, number>> {
  const { text } = await app.client.get('/metrics');
  const series = text.matchAll(/^imports_ended_total\{state="(\w+)"\} (\d+)$/gm);
  return Object.fromEntries([...series].map(([, state, count]) => [state, Number(count)]));
}

/** Expects that jobs have ended since. A job is counted after its commit, which the reader sees before. */
async function expectEnded(before: Record<string, number>, since: Record<string, number>): Promise<void> {
  const all = Object.entries(before).map(([state, count]) => [state, count + (since[state] ?? 0)]);
  await expect.poll(ended).toEqual(Object.fromEntries(all));
}

/**
 * Fails after the next statement that ends an import, as PostgreSQL fails a transaction that it could not serialize.
 */
function failNextEnd(): void {
  const imports = app.nest.get(ImportRepository);
  const original = imports.end.bind(imports);
  vi.spyOn(imports, 'end').mockImplementationOnce(async (...parameters) => {
    await original(...parameters);
    throw Object.assign(new Error('could not serialize access'), { code: '40001' });
  });
}

it('has a series of each state before an import ends', async () => {
  expect(Object.keys(await ended()).toSorted()).toEqual(['done', 'failed', 'preview', 'undone']);
});

it('counts each job once, also when its last transaction is repeated', async () => {
  const client = app.client.as(await app.a.user());
  const fields = { client: String(await app.a.clientId()) };
  await app.a.series({ links: { mal: 1 } });
  const before = await ended();

  failNextEnd();
  const { id } = await preview(client, malExport([{ id: 1, chapters: 3 }]), fields);
  await expectEnded(before, { preview: 1 });
  failNextEnd();
  await apply(client, id);
  await expectEnded(before, { preview: 1, done: 1 });
  failNextEnd();
  await undo(client, id);
  await expectEnded(before, { preview: 1, done: 1, undone: 1 });
  const broken = malExport([{ id: 1, chapters: 3 }]).slice(0, -40);
  expect((await preview(client, `${broken}<`, fields)).state).toBe('failed');
  await expectEnded(before, { preview: 1, done: 1, undone: 1, failed: 1 });
});

it('does not count decisions, which are no jobs', async () => {
  const client = app.client.as(await app.a.user());
  const fields = { client: String(await app.a.clientId()) };
  await app.a.series({ links: { mal: 2 } });
  const before = await ended();
  const { id } = await preview(client, malExport([{ id: 2, chapters: 3 }]), fields);
  await expectEnded(before, { preview: 1 });
  expect((await client.patch(`/user/imports/${id}`, { strategy: 'replace' })).status).toBe(200);
  const [row] = await rowsOf(client, id);
  expect((await client.patch(`/user/imports/${id}/rows/${row.number}`, { outcome: 'skip' })).status).toBe(
    200,
  );
  await expectEnded(before, { preview: 1 });
});
