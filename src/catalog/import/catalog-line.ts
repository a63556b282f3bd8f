import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isCalendarDate } from '../../http/dates.js';
import { PROJECT_FOLDER } from '../../project-folder.js';
import type { SeriesType } from '../catalog.entity.js';
import { compact, fold, searchTexts } from '../../search/fold.js';
import { languageCode } from '../languages.js';

/** A line of a catalog file, as `data/catalog-line.schema.json` describes it. */
interface CatalogLine {
  readonly external_id: string;
  readonly name: string;
  readonly type: SeriesType;
  readonly origin: string;
  readonly nsfw?: number;
  readonly nsfw18?: number;
  readonly public?: number;
  readonly slug?: string;
  readonly client?: number | null;
  readonly titles: readonly { readonly language?: string; readonly title: string }[];
  readonly descriptions?: readonly { readonly language: string; readonly text: string }[];
  readonly tags: readonly string[];
  readonly authors?: readonly string[];
  readonly links?: Readonly<Record<string, number>>;
  readonly volumes?: readonly VolumeLine[];
}

interface VolumeLine {
  readonly external_id: string;
  readonly name: string;
  readonly order: number;
  readonly language: string;
  readonly release_date?: string | null;
  readonly [optional: string]: unknown;
}

/** A line ready to be stored: the columns of `series` and of the tables below it. */
export interface SeriesRecord {
  readonly external_id: string;
  readonly digest: string;
  readonly client_id: number | null;
  readonly volumes: readonly { readonly external_id: string }[];
  readonly [column: string]: unknown;
}

/** Changes whenever the same line would be stored otherwise: it makes every line a changed one. */
const STORED_FORM = '3';

/** Why a line is refused. */
export class LineFault extends Error {}

const schema = JSON.parse(
  readFileSync(join(PROJECT_FOLDER, 'data', 'catalog-line.schema.json'), 'utf8'),
) as object;
const isCatalogLine = new Ajv2020({ allowUnionTypes: true }).compile<CatalogLine>(schema);

/** @throws LineFault with the reason when the line is not a series that can be stored whole */
export function parseCatalogLine(text: string): SeriesRecord {
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
  const slug = line.slug ?? slugOf(line.name);
  const search = searchTexts([line.name, ...line.titles.map(({ title }) => title)]);
  const record = {
    external_id: line.external_id,
    name: line.name,
    type: line.type,
    slug,
    origin: line.origin,
    client_id: line.client ?? null,
    public: line.public ?? 1,
    nsfw: line.nsfw ?? 0,
    nsfw18: line.nsfw18 ?? 0,
    tags: line.tags,
    authors: line.authors ?? [],
    links: line.links ?? {},
    search_text: search.text,
    search_compact: search.compact,
    titles: line.titles.map(({ language, title }, index) => ({
      position: index + 1,
      language: language === undefined ? null : known(language),
      title,
    })),
    descriptions: distinct(
      (line.descriptions ?? []).map(({ language, text }) => ({ language: known(language), text })),
      ({ language }) => language,
      'descriptions name a language twice',
    ),
    volumes: distinct(
      (line.volumes ?? []).map((volume) => volumeRecord(volume, slug)),
      ({ external_id }) => external_id,
      'volumes name an external_id twice',
    ),
  };
  const digest = createHash('sha256').update(STORED_FORM).update(text).digest('base64url');
  return { ...record, digest };
}

function volumeRecord(volume: VolumeLine, seriesSlug: string) {
  const { order, release_date: releaseDate = null } = volume;
  if (Number(order.toFixed(2)) !== order) throw new LineFault('order has more than two fraction digits');
  if (releaseDate !== null && !isCalendarDate(releaseDate))
    throw new LineFault(`release_date ${releaseDate} does not exist`);
  const optional = (name: string) => volume[name] ?? null;
  return {
    external_id: volume.external_id,
    name: volume.name,
    slug: `${seriesSlug}-${slugOf(volume.name)}`,
    search_text: fold(volume.name),
    search_compact: compact(fold(volume.name)),
    group_order: order,
    language: known(volume.language),
    release_date: releaseDate,
    type: optional('type'),
    publisher: optional('publisher'),
    pages: optional('pages'),
    isbn10: optional('isbn10'),
    isbn13: optional('isbn13'),
    description: optional('description'),
    edition_name: optional('edition_name'),
    cover_path: optional('cover_path'),
    aspect_ratio: optional('aspect_ratio'),
    nsfw: volume['nsfw'] ?? 0,
    nsfw18: volume['nsfw18'] ?? 0,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LineFault('not JSON');
  }
}

/** A language's code; of one with a region the language counts. */
function known(language: string): string {
  const code = languageCode(language) ?? languageCode(language.split(/[-_]/)[0] ?? '');
  if (code === null) throw new LineFault(`unknown language ${JSON.stringify(language)}`);
  return code;
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
 * A name for URLs: letters and digits of any script, with hyphens between them. It does not use the folding of searches,
 * which may change, whereas slugs are addresses that must stay.
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
  // The combining ranges are what is meant.
  // oxlint-disable-next-line no-misleading-character-class
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g, '');
}
