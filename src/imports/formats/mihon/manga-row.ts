import type { ImportedEntry, ImportedRow, ImportedScore, Site } from '../imported-row.js';
import type { StatusMeaning } from '../meanings.js';
import {
  cleanText,
  counterOf,
  entryOf,
  extra,
  idsOf,
  lookUp,
  notesOf,
  scoreOf,
  sourceOf,
  titleOf,
} from '../values.js';
import type { Manga, Tracking } from './manga.js';
import { type Tracker, TRACKERS } from './trackers.js';

type Tracked = Tracking & { readonly site: Tracker | undefined };

/** The row of a series in a backup. */
export function mangaRow(manga: Manga, categories: ReadonlyMap<number, string>): ImportedRow {
  // The list that is furthest decides; of several, the one of the tracker with the lowest number.
  const tracking = manga.tracking
    .map((tracked): Tracked => ({ ...tracked, site: lookUp(TRACKERS, tracked.tracker) }))
    .sort((one, other) => other.lastChapterRead - one.lastChapterRead || one.tracker - other.tracker);
  const titles = [manga.customTitle || manga.title, manga.title, ...tracking.map(({ title }) => title)]
    .map(titleOf)
    .filter(Boolean);
  const names = manga.categories.flatMap((order) => categories.get(order) ?? []);
  return {
    line: null,
    source: sourceOf({
      title: titles[0] ?? '',
      titles: [...new Set(titles)].slice(1),
      authors: authorsOf(manga),
      ids: allIds(tracking, manga.url),
    }),
    isOtherMedium: false,
    content: { kind: 'entry', entry: readEntry(manga, tracking) },
    extras: extra('Categories', names.join(', ')),
  };
}

function authorsOf({ author, artist }: Manga): string[] {
  const names = [author, artist].flatMap((text) => text.split(/[,;&]/)).map((name) => cleanText(name, 200));
  return [...new Set(names.filter(Boolean))].slice(0, 20);
}

function allIds(tracking: readonly Tracked[], url: string): Partial<Record<Site, string>> {
  const ids: Partial<Record<Site, unknown>> = {};
  // MangaDex's own address of a series.
  const mangadex = /^\/(?:manga|title)\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\/?$/i.exec(url)?.[1];
  if (mangadex) ids.mangadex = mangadex.toLowerCase();
  for (const { site, mediaId } of tracking) {
    if (site?.site && mediaId > 0) ids[site.site] ??= mediaId;
  }
  return idsOf(ids);
}

function readEntry(manga: Manga, tracking: readonly Tracked[]): ImportedEntry {
  const counted = counterOf(tracking[0]?.lastChapterRead) || counterOf(manga.highestRead ?? undefined);
  return entryOf({
    ...meaningOf(manga, tracking),
    chapters: counted,
    score: first(tracking, bestScore),
    start: first(tracking, ({ startedReading }) => dayOf(startedReading)),
    end: first(tracking, ({ finishedReading }) => dayOf(finishedReading)),
    visibility: tracking.some(({ isPrivate }) => isPrivate) ? 'private' : undefined,
    notes: notesOf(manga.notes) ?? undefined,
  });
}

function meaningOf(manga: Manga, tracking: readonly Tracked[]): StatusMeaning {
  const tracked = first(tracking, ({ site, status }) => site && lookUp(site.statuses, status));
  if (tracked) return tracked;
  return { status: manga.highestRead === null ? 'planned' : 'started' };
}

function bestScore({ site, score }: Tracked): ImportedScore | undefined {
  if (!site?.maximumScore) return undefined;
  // Scores are binary fractions: 8.1 is 8.100000381.
  return scoreOf(Math.round(score * 100) / 100, site.maximumScore) ?? undefined;
}

function dayOf(milliseconds: number): string | undefined {
  if (!(milliseconds > 0)) return undefined;
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999
    ? undefined
    : date.toISOString().slice(0, 10);
}

function first<T, R>(elements: readonly T[], read: (element: T) => R | undefined): R | undefined {
  for (const element of elements) {
    const value = read(element);
    if (value !== undefined) return value;
  }
  return undefined;
}
