import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeDurably } from '../../src/durable-files.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tankobon-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('creates a file that only its owner can read', async () => {
  const path = join(folder, 'new');
  await writeDurably(path, (file) => file.writeFile('content'));
  expect(await readFile(path, 'utf8')).toBe('content');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

it('replaces no file that appears while the new one is written, and leaves no other', async () => {
  const path = join(folder, 'taken');
  const writing = writeDurably(path, async (file) => {
    await file.writeFile('second');
    await writeFile(path, 'first');
  });
  await expect(writing).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(path, 'utf8')).toBe('first');
  expect(await readdir(folder)).toEqual(['new', 'taken']);
});
