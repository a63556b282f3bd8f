import { expect } from 'vitest';
import type { Answer, TestClient } from './client.js';
import { form } from './forms.js';
import { malXml } from './import-samples.js';

/** A row of a MyAnimeList export. Absent fields have the values that the site writes for empty ones. */
export interface MalRow {
  readonly id?: number;
  readonly title?: string;
  readonly status?: string;
  readonly chapters?: number;
  readonly volumes?: number;
  readonly score?: number;
  readonly start?: string;
  readonly finish?: string;
  readonly comments?: string;
  readonly timesRead?: number;
}

/** A manga list as MyAnimeList exports it. */
export function malExport(rows: readonly MalRow[]): string {
  const text = (value: string) => `<![CDATA[${value}]]>`;
  return malXml(
    rows.map((row) => ({
      manga_mangadb_id: row.id ?? 0,
      manga_title: text(row.title ?? ''),
      manga_volumes: 0,
      manga_chapters: 0,
      my_read_volumes: row.volumes ?? 0,
      my_read_chapters: row.chapters ?? 0,
      my_start_date: row.start ?? '0000-00-00',
      my_finish_date: row.finish ?? '0000-00-00',
      my_score: row.score ?? 0,
      my_status: row.status ?? 'Reading',
      my_comments: text(row.comments ?? ''),
      my_times_read: row.timesRead ?? 0,
      my_tags: text(''),
      my_reread_value: 'Low',
      update_on_import: 0,
    })),
    { user_id: 1, user_name: 'reader', user_export_type: 2 },
  );
}

/** Uploads a list. */
export async function upload(
  client: TestClient,
  file: string | Buffer,
  fields: Record<string, string>,
  filename = 'list.xml',
): Promise<Answer> {
  const texts = Object.entries(fields).map(([name, bytes]) => ({ name, bytes }));
  return client.post('/user/imports', undefined, form([{ name: 'file', filename, bytes: file }, ...texts]));
}

/** The import when its job has ended. */
export async function settled(client: TestClient, id: number): Promise<Answer['body']> {
  const get = async () => (await client.get(`/user/imports/${id}`)).body;
  await expect
    .poll(async () => (await get()).state, { timeout: 240_000, interval: 50 })
    .not.toMatch(/^(reading|applying)$/);
  return get();
}

/** Uploads a list, and returns the import when its job has ended. */
export async function preview(
  client: TestClient,
  file: string | Buffer,
  fields: Record<string, string>,
): Promise<Answer['body']> {
  const answer = await upload(client, file, fields);
  expect(answer.status, answer.text).toBe(202);
  return settled(client, answer.body.id);
}

/** Applies an import, and returns it when its job has ended. */
export async function apply(client: TestClient, id: number): Promise<Answer['body']> {
  const answer = await client.post(`/user/imports/${id}/apply`);
  expect(answer.status, answer.text).toBe(202);
  return settled(client, id);
}

/** Undoes an import, and returns it when its job has ended. */
export async function undo(client: TestClient, id: number): Promise<Answer['body']> {
  const answer = await client.post(`/user/imports/${id}/undo`);
  expect(answer.status, answer.text).toBe(202);
  return settled(client, id);
}

/** The rows of an import, optionally those with an outcome. */
export async function rowsOf(client: TestClient, id: number, outcome = ''): Promise<Answer['body'][]> {
  return (await client.get(`/user/imports/${id}/rows?limit=100&outcome=${outcome}`)).body.rows;
}
