import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Texts by key, nested. */
interface Tree {
  readonly [key: string]: string | Tree;
}

const ROOT = new URL('../../', import.meta.url).pathname;
const isMessages = (path: string) => path.endsWith('.messages.ts');
const paths = globSync('dashboard/src/**/*.{ts,tsx}', { cwd: ROOT });
const sources = paths.filter((path) => !isMessages(path)).map(readSource);
/** What a variable in a key can be: any word of the dashboard, or of the service, whose values some keys end with. */
const words = new Set(
  [...sources, ...globSync('src/**/*.ts', { cwd: ROOT }).map(readSource)].flatMap(({ text }) =>
    [...text.matchAll(/[\w:.-]+/g)].flatMap(([word]) => [word, ...word.split('.'), word.replace(':', '_')]),
  ),
);
/** The framework's messages have the keys of its English, and those of the service are looked up by their text. */
const FOREIGN = ['framework.messages.ts', 'server.messages.ts'];

interface Source {
  readonly folder: string;
  readonly text: string;
  /** Strings of the file that can be a key, or the end of one. */
  readonly patterns: readonly RegExp[];
  /** Beginnings of keys: the file has a function that adds the ends. */
  readonly prefixes: readonly string[];
}

describe.each(paths.filter(isMessages))('%s', async (path) => {
  const module = (await import(/* @vite-ignore */ ROOT + path)) as Record<string, Record<'en' | 'de', Tree>>;
  const languages = Object.values(module).find(
    (one) => typeof one === 'object' && 'en' in one && 'de' in one,
  );

  it.skipIf(basename(path) === 'server.messages.ts')('has the same keys in all languages', () => {
    expect(languages).toBeDefined();
    const [english, ...others] = Object.values(languages ?? {}).map((tree) => keysOf(tree).sort());
    for (const other of others) expect(other).toEqual(english);
  });

  it.skipIf(FOREIGN.includes(basename(path)))('has no message that no source uses', () => {
    const keys = keysOf(languages?.en ?? {});
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter((key) => !isUsed(key, dirname(path)))).toEqual([]);
  });
});

it('finds messages that no source uses', () => {
  expect(isUsed('resources.users.sections.links', 'dashboard/src/users')).toBe(true);
  expect(isUsed('resources.users.sections.linksX', 'dashboard/src/users')).toBe(false);
  expect(isUsed('resources.users.fields.usernameX', 'dashboard/src/users')).toBe(false);
});

function keysOf(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`),
  );
}

function isUsed(key: string, folder: string): boolean {
  // The framework looks up the labels of inputs and columns by the names of their fields.
  const field = /^resources\.[\w-]+\.fields\.(\w+)$/.exec(key)?.[1];
  return sources.some(
    (source) =>
      matches(source, key) ||
      source.prefixes.some((prefix) => key.startsWith(prefix) && matches(source, key.slice(prefix.length))) ||
      (field !== undefined && source.folder === folder && source.text.includes(`source="${field}"`)),
  );
}

function matches({ patterns }: Source, key: string): boolean {
  return patterns.some((pattern) => {
    const found = pattern.exec(key);
    return found?.slice(1).every((variable) => words.has(variable)) ?? false;
  });
}

function readSource(path: string): Source {
  const text = readFileSync(ROOT + path, 'utf8');
  const literals = [...text.matchAll(/(['"])([\w.-]+)\1/g)].map(([, , literal = '']) => literal);
  const templates = [...text.matchAll(/`([^`\n]+)`/g)].map(([, template = '']) => template);
  const isPrefix = (template: string) => template.endsWith('.${key}');
  return {
    folder: dirname(path),
    text,
    patterns: [...literals, ...templates.filter((template) => !isPrefix(template))].flatMap(patternOf),
    prefixes: templates.filter(isPrefix).map((template) => template.slice(0, -'${key}'.length)),
  };
}

/** A string, of which each variable stands for any text; nothing for a string that is hardly more than a variable. */
function patternOf(template: string): RegExp[] {
  const parts = template.split(/\$\{(?:[^{}]|\{[^{}]*\})*\}/);
  if (parts.length > 1 && parts.join('').length < 3) return [];
  return [new RegExp(`^${parts.map((part) => part.replaceAll(/\W/g, String.raw`\$&`)).join('(.+)')}$`)];
}
