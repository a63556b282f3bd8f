import type { SeriesType } from '../../catalog/catalog.entity.js';
import { compact, fold } from '../../search/fold.js';
import type { FormatName, RowSource, Site } from '../formats/imported-row.js';

/** A series of the catalog that the reader may see. */
export interface CatalogSeries {
  readonly id: number;
  readonly name: string;
  readonly type: SeriesType;
  readonly authors: readonly string[];
  readonly links: Readonly<Partial<Record<string, string | number>>>;
}

/** A series that a row may be about, as it is stored and shown. */
export interface Candidate {
  readonly series_id: number;
  readonly name: string;
  /** 0 to 1. */
  readonly confidence: number;
}

/** The series that were found for a row, by the ways of finding them. */
export interface Found {
  readonly links: Readonly<Partial<Record<Site, readonly CatalogSeries[]>>>;
  readonly external: readonly CatalogSeries[];
  readonly isbn: readonly CatalogSeries[];
  /** Series with the same folded name. */
  readonly named: readonly CatalogSeries[];
  /** Series with a name that differs in punctuation, symbols or spaces only. */
  readonly compactlyNamed: readonly CatalogSeries[];
  /** Series with a similar name, the most similar one first. */
  readonly similar: readonly (CatalogSeries & { readonly similarity: number })[];
}

export type Match =
  | { readonly kind: 'matched'; readonly series: CatalogSeries }
  | { readonly kind: 'ask'; readonly candidates: readonly Candidate[] }
  | { readonly kind: 'none' };

/** Maximum number of candidates that a reader is asked about. */
const MAX_CANDIDATES = 5;

/** The confidence of candidates, by the way in which they were found. */
const CONFIDENCE = { several: 0.9, otherType: 0.7, otherId: 0.6, compact: 0.8, similar: 0.7 } as const;

/** The site whose ids are the ones of a format. */
const SITES: Readonly<Partial<Record<FormatName, Site>>> = { myanimelist: 'mal', anilist: 'anilist' };

/**
 * Decides what a row is about: by the id of the file's own site, by the ids of other sites, by the catalog's own key,
 * by ISBN, by name and type. A wrong match is worse than a question: where several series match, or only similar ones,
 * the reader is asked.
 */
export function matchRow(source: RowSource, found: Found, format: FormatName | null): Match {
  const own = format === null ? undefined : SITES[format];
  const ownLinked = own === undefined ? [] : (found.links[own] ?? []);
  const linked = unique(Object.values(found.links).flat());
  for (const group of [found.external, ownLinked, linked, found.isbn]) {
    if (group.length === 0) continue;
    const one = narrowed(source, group, found.named);
    return one === null ? asked(group, CONFIDENCE.several) : { kind: 'matched', series: one };
  }
  return matchByName(source, found);
}

function matchByName(source: RowSource, { named, compactlyNamed, similar }: Found): Match {
  const { types } = source;
  const possible = named.filter((series) => !hasOtherId(source, series));
  const exact = possible.filter(({ type }) => types.length === 0 || types.includes(type));
  const [first, ...others] = exact;
  if (first !== undefined) {
    const one = others.length === 0 ? first : byAuthors(source, exact);
    return one === null ? asked(exact, CONFIDENCE.several) : { kind: 'matched', series: one };
  }
  const near = [
    ...candidates(possible, CONFIDENCE.otherType),
    ...candidates(named, CONFIDENCE.otherId),
    ...candidates(compactlyNamed, CONFIDENCE.compact),
    ...similar.map((series) => candidate(series, series.similarity * CONFIDENCE.similar)),
  ];
  return near.length === 0 ? { kind: 'none' } : askedOf(near);
}

/** Whether a site has one id for the row and another one for the series: they are different works of the same name. */
function hasOtherId({ ids }: RowSource, { links }: CatalogSeries): boolean {
  return Object.entries(ids).some(([site, id]) => links[site] !== undefined && String(links[site]) !== id);
}

/** The one of several series with the same id that the name or the authors confirm; null if that is not one. */
function narrowed(
  source: RowSource,
  group: readonly CatalogSeries[],
  named: readonly CatalogSeries[],
): CatalogSeries | null {
  if (group.length === 1) return group[0] ?? null;
  const ids = new Set(named.map(({ id }) => id));
  const both = group.filter(
    ({ id, type }) => ids.has(id) && (source.types.length === 0 || source.types.includes(type)),
  );
  if (both.length === 1) return both[0] ?? null;
  const key = fold(source.title);
  const sameName = both.filter(({ name }) => fold(name) === key);
  return sameName.length === 1 ? (sameName[0] ?? null) : byAuthors(source, group);
}

/** The only series that has an author of the row, if the row and all series name authors; else null. */
function byAuthors(source: RowSource, series: readonly CatalogSeries[]): CatalogSeries | null {
  const names = new Set(source.authors.map(authorKey).filter((key) => key !== ''));
  if (names.size === 0 || series.some(({ authors }) => authors.length === 0)) return null;
  const shared = series.filter(({ authors }) => authors.some((author) => names.has(authorKey(author))));
  return shared.length === 1 ? (shared[0] ?? null) : null;
}

/** A name without regard to the order of its parts: `Oda, Eiichiro` is `Eiichiro Oda`. */
function authorKey(name: string): string {
  const parts = fold(name)
    .split(/[\s,]+/)
    .map(compact);
  return parts
    .filter((part) => part !== '')
    .toSorted()
    .join(' ');
}

function asked(series: readonly CatalogSeries[], confidence: number): Match {
  return askedOf(candidates(series, confidence));
}

function askedOf(all: readonly Candidate[]): Match {
  const best = new Map<number, Candidate>();
  for (const one of all.toSorted((a, b) => b.confidence - a.confidence)) {
    if (!best.has(one.series_id)) best.set(one.series_id, one);
  }
  return { kind: 'ask', candidates: [...best.values()].slice(0, MAX_CANDIDATES) };
}

function candidates(series: readonly CatalogSeries[], confidence: number): Candidate[] {
  return series.map((one) => candidate(one, confidence));
}

function candidate({ id, name }: CatalogSeries, confidence: number): Candidate {
  return { series_id: id, name, confidence: Math.round(Math.min(1, confidence) * 100) / 100 };
}

function unique(series: readonly CatalogSeries[]): CatalogSeries[] {
  return [...new Map(series.map((one) => [one.id, one])).values()];
}
