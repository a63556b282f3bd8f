import type { Site } from '../imported-row.js';
import { REREADING, type StatusMeaning } from '../meanings.js';

/** A site whose lists the app keeps up to date. */
export interface Tracker {
  /** The site, if the catalog has its ids. */
  readonly site: Site | null;
  readonly statuses: Readonly<Record<string, StatusMeaning>>;
  /** The largest score as the app stores it; null if the site has none. */
  readonly maximumScore: number | null;
}

const STARTED: StatusMeaning = { status: 'started' };
const COMPLETED: StatusMeaning = { status: 'completed' };
const PAUSED: StatusMeaning = { status: 'paused' };
const DROPPED: StatusMeaning = { status: 'dropped' };
const PLANNED: StatusMeaning = { status: 'planned' };

const USUAL = { '1': STARTED, '2': COMPLETED, '3': PAUSED, '4': DROPPED, '5': PLANNED, '6': REREADING };

/** Servers of the reader's own files. */
const SERVER: Tracker = {
  site: null,
  statuses: { '1': PLANNED, '2': STARTED, '3': COMPLETED },
  maximumScore: null,
};

/** By the number that the app gives them. Those that are missing are read for their counters only. */
export const TRACKERS: Readonly<Record<string, Tracker>> = {
  // MyAnimeList
  '1': {
    site: 'mal',
    statuses: { '1': STARTED, '2': COMPLETED, '3': PAUSED, '4': DROPPED, '6': PLANNED, '7': REREADING },
    maximumScore: 10,
  },
  // AniList
  '2': { site: 'anilist', statuses: USUAL, maximumScore: 100 },
  // Kitsu
  '3': { site: 'kitsu', statuses: USUAL, maximumScore: 10 },
  // Shikimori, whose ids are those of MyAnimeList
  '4': { site: 'mal', statuses: USUAL, maximumScore: 10 },
  // Bangumi
  '5': {
    site: null,
    statuses: { '1': PLANNED, '2': COMPLETED, '3': STARTED, '4': PAUSED, '5': DROPPED },
    maximumScore: 10,
  },
  // Komga
  '6': SERVER,
  // MangaUpdates
  '7': {
    site: 'mangaupdates',
    statuses: { '0': STARTED, '1': PLANNED, '2': COMPLETED, '3': DROPPED, '4': PAUSED },
    maximumScore: 10,
  },
  // Kavita
  '8': SERVER,
  // Suwayomi
  '9': SERVER,
};
