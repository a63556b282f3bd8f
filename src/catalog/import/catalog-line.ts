import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isCalendarDate } from '../../http/dates.js';
import { PROJECT_FOLDER } from '../../project-folder.js';
import type { SeriesType } from '../catalog.entity.js';
import { compact, fold, searchTexts } from '../../search/fold.js';
import { normalIsbn } from '../isbn.js';
import { languageCode, languageName } from '../languages.js';

type Optional<T> = T | null | undefined;

/** A line of a catalog file, as `data/catalog-line.schema.json` describes it. */
interface CatalogLine {
  readonly external_id: string;
  readonly name: string;
  readonly type: SeriesType;
  readonly origin: string;
  readonly nsfw?: Optional<number>;
  readonly nsfw18?: Optional<number>;
  readonly public?: Optional<number>;
  readonly slug?: Optional<string>;
  readonly client?: Optional<number>;
  readonly titles: readonly { readonly language?: Optional<string>; readonly title: string }[];
  readonly descriptions?: Optional<
    readonly { readonly language: Optional<string>; readonly text: Optional<string> }[]
  >;
  readonly tags: readonly Optional<string>[];
  readonly authors?: Optional<readonly Optional<string>[]>;
  readonly chapters?: Optional<number>;
  readonly volume_total?: Optional<number>;
  readonly publication?: Optional<string>;
  readonly year?: Optional<number>;
  readonly links?: Optional<Readonly<Record<string, Optional<number | string>>>>;
  readonly volumes?: Optional<readonly VolumeLine[]>;
}

interface VolumeLine {
  readonly external_id: string;
  readonly name: string;
  readonly order: number;
  readonly language: string;
  readonly [optional: string]: unknown;
}

/** A validated line: the columns of `series` and of its child tables. */
export interface SeriesRecord {
  readonly external_id: string;
  readonly digest: string;
  readonly client_id: number | null;
  readonly volumes: readonly { readonly external_id: string }[];
  readonly [column: string]: unknown;
}

/** Part of the digest. Increase it when the same line is stored differently, so that imports store all lines again. */
const STORED_FORM = '4';

/** Thrown for a line that is refused, with the reason as message. */
export class LineFault extends Error {}

/** A line that can be stored, with a warning for each part that was left out. */
export interface ParsedLine {
  readonly record: SeriesRecord;
  readonly warnings: readonly string[];
}

const schema = JSON.parse(
  readFileSync(join(PROJECT_FOLDER, 'data', 'catalog-line.schema.json'), 'utf8'),
) as object;
const isCatalogLine = new Ajv2020({ allowUnionTypes: true, strictTypes: false }).compile<CatalogLine>(schema);

/** @throws LineFault with the reason if the line cannot be stored */
export function parseCatalogLine(text: string): ParsedLine {
  const line = parseJson(text);
  if (!isCatalogLine(line)) {
    const [error] = isCatalogLine.errors ?? [];
    const place = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
    const detail = Object.values(error?.params ?? {}).join(', ');
    throw new LineFault(
      `${place} ${error?.message ?? 'invalid'}${detail === '' ? '' : ` (${detail.slice(0, 200)})`}`.trim(),
    );
  }
  if (/\\u(0000|d[89a-f])/i.test(text) && !isStorable(line)) {
    throw new LineFault('contains a character that cannot be stored');
  }
  for (const name of ['name', 'origin'] as const) {
    if (line[name].trim() === '') throw new LineFault(`${name} must not be blank`);
  }
  const warnings: string[] = [];
  const warn = (warning: string) => void warnings.push(warning);
  const slug = optionalText(line.slug) ?? slugOf(line.name);
  const titles = line.titles.filter(({ title }) => title.trim() !== '');
  const search = searchTexts([line.name, ...titles.map(({ title }) => title)]);
  const flags = { nsfw: line.nsfw ?? 0, nsfw18: line.nsfw18 ?? 0 };
  const record = {
    external_id: line.external_id,
    name: line.name,
    type: line.type,
    slug,
    origin: originalLanguage(line.origin, warn),
    client_id: line.client ?? null,
    public: line.public ?? 1,
    ...flags,
    tags: nonBlankTexts(line.tags),
    authors: nonBlankTexts(line.authors ?? []),
    links: linksOf(line.links ?? {}),
    chapters: line.chapters ?? null,
    volume_total: line.volume_total ?? null,
    publication: optionalText(line.publication),
    year: line.year ?? null,
    search_text: search.text,
    search_compact: search.compact,
    titles: titles.map(({ language, title }, index) => ({
      position: index + 1,
      language: titleLanguage(language, warn),
      title,
    })),
    descriptions: descriptionsOf(line.descriptions ?? [], warn),
    volumes: distinct(
      (line.volumes ?? []).map((volume) => volumeRecord(volume, slug, flags, warn)),
      ({ external_id }) => external_id,
      'volumes name an external_id twice',
    ),
  };
  const digest = createHash('sha256').update(STORED_FORM).update(text).digest('base64url');
  return { record: { ...record, digest }, warnings };
}

type Warn = (warning: string) => void;

function volumeRecord(
  volume: VolumeLine,
  seriesSlug: string,
  flags: { readonly nsfw: number; readonly nsfw18: number },
  warn: Warn,
) {
  const { order } = volume;
  if (Number(order.toFixed(2)) !== order) throw new LineFault('order has more than two fraction digits');
  const language = knownLanguage(volume.language);
  if (language === null) throw new LineFault(`unknown language ${JSON.stringify(volume.language)}`);
  const text = (name: string) => optionalText(volume[name]);
  const releaseDate = text('release_date');
  if (releaseDate !== null && !isCalendarDate(releaseDate))
    throw new LineFault(`release_date ${releaseDate} does not exist`);
  const isbn = (length: 10 | 13) => {
    const given = text(`isbn${length}`);
    const normal = given === null ? null : normalIsbn(given, length);
    if (given !== null && normal === null)
      warn(`volume ${volume.external_id}: isbn${length} ${JSON.stringify(given)} is wrong and left out`);
    return normal;
  };
  return {
    external_id: volume.external_id,
    name: volume.name,
    slug: `${seriesSlug}-${slugOf(volume.name)}`,
    search_text: fold(volume.name),
    search_compact: compact(fold(volume.name)),
    group_order: order,
    language,
    release_date: releaseDate,
    type: text('type'),
    publisher: text('publisher'),
    pages: volume['pages'] ?? null,
    isbn10: isbn(10),
    isbn13: isbn(13),
    description: text('description'),
    edition_name: text('edition_name'),
    cover_path: text('cover_path'),
    aspect_ratio: volume['aspect_ratio'] ?? null,
    nsfw: volume['nsfw'] ?? flags.nsfw,
    nsfw18: volume['nsfw18'] ?? flags.nsfw18,
  };
}

/** The text; null if it is absent, null or blank. */
function optionalText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** The texts without nulls, blank ones and duplicates. */
function nonBlankTexts(texts: readonly Optional<string>[]): string[] {
  return [...new Set(texts.map(optionalText).filter((text) => text !== null))];
}

/** Ids at other trackers, as strings; blank ones are left out. */
function linksOf(links: Readonly<Record<string, Optional<number | string>>>): Record<string, string> {
  const texts = Object.entries(links).map(([name, id]) => [name, String(id ?? '').trim()] as const);
  return Object.fromEntries(texts.filter(([, id]) => id !== ''));
}

/** The English name of the original language. One that is unknown may be a dialect that ISO 639-1 does not have. */
function originalLanguage(given: string, warn: Warn): string {
  const code = knownLanguage(given);
  if (code !== null) return languageName(code);
  warn(`origin ${JSON.stringify(given)} is an unknown language and is kept as it is`);
  return given.trim();
}

function titleLanguage(given: Optional<string>, warn: Warn): string | null {
  const language = optionalText(given);
  if (language === null) return null;
  const code = knownLanguage(language);
  if (code === null)
    warn(`a title has the unknown language ${JSON.stringify(language)} and is kept without one`);
  return code;
}

function descriptionsOf(given: NonNullable<CatalogLine['descriptions']>, warn: Warn) {
  const texts = new Map<string, string>();
  for (const { language: spelt, text: raw } of given) {
    const [language, text] = [optionalText(spelt), optionalText(raw)];
    if (text === null) continue;
    const code = language === null ? null : knownLanguage(language);
    if (language === null) warn('a description without a language is left out');
    else if (code === null)
      warn(`a description has the unknown language ${JSON.stringify(language)} and is left out`);
    else if (texts.has(code)) warn(`a second description in ${code} is left out`);
    else texts.set(code, text);
  }
  return [...texts].map(([language, text]) => ({ language, text }));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LineFault('not JSON');
  }
}

/** The code of a language, without its region; null if unknown. */
function knownLanguage(language: string): string | null {
  return languageCode(language) ?? languageCode(language.split(/[-_]/)[0] ?? '');
}

function distinct<T>(items: readonly T[], key: (item: T) => string, fault: string): readonly T[] {
  if (new Set(items.map(key)).size < items.length) throw new LineFault(fault);
  return items;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isStorable);
}

/**
 * A name for URLs: letters and digits of any script, separated by hyphens. It does not use `fold`, whose result may
 * change between versions, since slugs are permanent.
 */
export function slugOf(name: string): string {
  const slug = plainLetters(name)
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return slug === '' ? 'untitled' : slug;
}

/** Letters without case, width and accents. */
function plainLetters(name: string): string {
  return withoutAccents(withoutAccents(name).toUpperCase().toLowerCase())
    .replace(/[øłđðþæœıħŧŋς]/g, (letter) => PLAIN_LETTERS[letter] ?? letter)
    .normalize('NFC');
}

const PLAIN_LETTERS = Object.fromEntries(
  ['øo', 'łl', 'đd', 'ðd', 'þth', 'æae', 'œoe', 'ıi', 'ħh', 'ŧt', 'ŋn', 'ςσ'].map((pair) => [
    pair.slice(0, 1),
    pair.slice(1),
  ]),
);

function withoutAccents(text: string): string {
  // The ranges consist of combining characters on purpose.
  // oxlint-disable-next-line no-misleading-character-class
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g, '');
}
