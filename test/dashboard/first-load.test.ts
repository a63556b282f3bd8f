import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

/** Bytes that the first page may take, compressed. */
const LIMIT = 400_000;
const FOLDER = 'dashboard/dist';

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
  readonly css?: readonly string[];
}

it('loads less than 400 KB for its first page', () => {
  const manifest = JSON.parse(readFileSync(`${FOLDER}/manifest.json`, 'utf8')) as Record<string, Chunk>;
  const size = (keys: readonly string[]) => {
    const seen = new Set<string>();
    const files = new Set<string>();
    const add = (key: string) => {
      const chunk = manifest[key];
      if (chunk === undefined || seen.has(key)) return;
      seen.add(key);
      for (const file of [chunk.file, ...(chunk.css ?? [])]) files.add(file);
      chunk.imports?.forEach(add);
    };
    keys.forEach(add);
    return [...files]
      .map((file) => gzipSync(readFileSync(`${FOLDER}/${file}`)).length)
      .reduce((sum, bytes) => sum + bytes, 0);
  };
  const entry = Object.keys(manifest).filter((key) => manifest[key]?.isEntry);
  expect(entry).toEqual(['index.html']);
  // The sign-in page, and the heaviest page that can follow it, with what the page loads after it is shown, such as charts.
  const pages = entry.flatMap((key) => manifest[key]?.dynamicImports ?? []);
  expect(pages).toContain('src/users/user-list.tsx');
  const sizes = Object.fromEntries(
    [[], ...pages.map((page) => [page, ...(manifest[page]?.dynamicImports ?? [])])].map((keys) => [
      keys[0] ?? 'sign-in',
      size([...entry, ...keys]),
    ]),
  );
  expect(manifest['src/overview/overview.tsx']?.dynamicImports).toEqual(['src/overview/days-chart.tsx']);
  process.stdout.write(`${JSON.stringify(sizes)}\n`);
  expect(Math.max(...Object.values(sizes))).toBeLessThan(LIMIT);
});
