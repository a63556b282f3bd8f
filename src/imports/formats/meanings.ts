import type { SeriesType } from '../../catalog/catalog.entity.js';
import type { Priority, ReadingStatus } from '../../reading-history/entry-fields.js';
import { keyOf, lookUp } from './values.js';

/** What a status of another tracker means. */
export interface StatusMeaning {
  readonly status?: ReadingStatus;
  readonly isRereading?: boolean;
}

export const REREADING: StatusMeaning = { status: 'started', isRereading: true };

const STATUSES: Readonly<Record<string, StatusMeaning>> = {
  reading: { status: 'started' },
  watching: { status: 'started' },
  current: { status: 'started' },
  currentlyreading: { status: 'started' },
  inprogress: { status: 'started' },
  completed: { status: 'completed' },
  onhold: { status: 'paused' },
  paused: { status: 'paused' },
  dropped: { status: 'dropped' },
  plantoread: { status: 'planned' },
  plantowatch: { status: 'planned' },
  planning: { status: 'planned' },
  planned: { status: 'planned' },
  rereading: REREADING,
  repeating: REREADING,
};

/** The meaning of a status that is written in words; nothing for an unknown one. */
export function statusMeaning(text: unknown): StatusMeaning {
  return lookUp(STATUSES, keyOf(text)) ?? {};
}

const JAPANESE_OR_SIMILAR: readonly SeriesType[] = ['Manga', 'Manhwa', 'Manhua'];

const TYPES: Readonly<Record<string, readonly SeriesType[]>> = {
  manga: ['Manga'],
  manhwa: ['Manhwa'],
  manhua: ['Manhua'],
  novel: ['Novel'],
  lightnovel: ['Novel'],
  oneshot: JAPANESE_OR_SIMILAR,
  doujinshi: [...JAPANESE_OR_SIMILAR, 'Other'],
  oel: ['Comic', 'Manga', 'Other'],
  comic: ['Comic'],
};

/** The types of the catalog that a type of another site may be. */
export function typesOf(text: unknown): readonly SeriesType[] {
  return lookUp(TYPES, keyOf(text)) ?? [];
}

const PRIORITIES: Readonly<Record<string, Priority>> = {
  low: 'low',
  medium: 'mid',
  mid: 'mid',
  high: 'high',
};

export function priorityOf(text: unknown): Priority | undefined {
  return lookUp(PRIORITIES, keyOf(text));
}
