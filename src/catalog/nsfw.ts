import { type RawBuilder, sql } from 'kysely';

/** Which series lists leave out by age: those from 16 and 18 years, those from 18 years, or none. */
export const NSFW_FILTERS = ['hide', 'show', 'show-18'] as const;
export type NsfwFilter = (typeof NSFW_FILTERS)[number];

/** The highest level that a filter lets through. */
export const MAX_LEVEL: Readonly<Record<NsfwFilter, number>> = { hide: 0, show: 1, 'show-18': 2 };

/** The age that the series `s` is for: 0 all readers, 1 from 16 years, 2 from 18 years; a key of `series_counts`. */
export const NSFW_LEVEL: RawBuilder<number> = sql<number>`greatest(s.nsfw, 2 * s.nsfw18)`;
