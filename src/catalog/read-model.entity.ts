import { defineEntity, p } from '@mikro-orm/core';
import { type Publication, SeriesSchema, type SeriesType, VolumeSchema } from './catalog.entity.js';

/*
 * The read model of the catalog: what responses show of series, and what searches compare, computed from the tables of
 * `catalog.entity.ts` in the transaction that changes them; see `read-model.ts`.
 */

/** The parts of a Series that depend on no language and on no rating, as every view shows them. */
export interface CardParts {
  readonly origin: string;
  readonly client: number | null;
  readonly public: number;
  readonly nsfw: number;
  readonly nsfw18: number;
  readonly authors: string[];
  readonly chapters: number | null;
  readonly volume_total: number | null;
  /** The number of its volumes in the catalog. */
  readonly volume_count: number;
  readonly publication: Publication | null;
  readonly year: number | null;
  readonly volume: {
    readonly id: number;
    readonly cover_path: string | null;
    readonly nsfw: number;
    readonly nsfw18: number;
    readonly aspect_ratio: number | null;
  } | null;
  readonly publisher_language: string | null;
}

/** The further parts that the view `card` leaves out. */
export interface CardDetails {
  readonly aliases: string[];
  readonly tags: string[];
  readonly links: {
    readonly mal: string | null;
    readonly anilist: string | null;
    readonly kitsu: string | null;
    readonly mangaupdates: string | null;
    readonly mangadex: string | null;
  };
}

/** What lists show of a series, with the texts of the fallback language. */
export const SeriesCardSchema = defineEntity({
  name: 'SeriesCard',
  tableName: 'series_cards',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    name: p.text(),
    slug: p.text(),
    type: p.text().$type<SeriesType>(),
    /** The first title in the fallback language, else the name. */
    alias: p.text(),
    description: p.text().nullable(),
    /** The type json, not jsonb: the text is sent as it was stored. */
    parts: p.json().$type<CardParts>().columnType('json'),
    details: p.json().$type<CardDetails>().columnType('json'),
  },
});

/** The texts of a series in another language than the fallback; null where the fallback's text is shown. */
export const SeriesTextSchema = defineEntity({
  name: 'SeriesText',
  tableName: 'series_texts',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    /** ISO 639-1 code. */
    language: p.text().primary(),
    alias: p.text().nullable(),
    description: p.text().nullable(),
  },
});

/** The folded names of a series; see `fold`. */
export const SeriesSearchSchema = defineEntity({
  name: 'SeriesSearch',
  tableName: 'series_search',
  indexes: [
    {
      name: 'series_search_trigrams',
      expression:
        'create index "series_search_trigrams" on "series_search" using gin ("search_text" gin_trgm_ops)',
    },
    {
      name: 'series_compact_trigrams',
      expression:
        'create index "series_compact_trigrams" on "series_search" using gin ("search_compact" gin_trgm_ops)',
    },
    {
      name: 'series_search_grams',
      expression:
        'create index "series_search_grams" on "series_search" using gin (search_grams("search_text"))',
    },
    // For whole names, by which imports of lists find series.
    {
      name: 'series_search_names',
      expression: `create index "series_search_names" on "series_search" using gin (string_to_array("search_text", E'\\n')) with (fastupdate = off)`,
    },
    {
      name: 'series_compact_names',
      expression: `create index "series_compact_names" on "series_search" using gin (string_to_array("search_compact", E'\\n')) with (fastupdate = off)`,
    },
  ],
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    /** The name and all titles, folded, each between line feeds; see `searchTexts`. */
    searchText: p.text(),
    /** As `searchText`, without punctuation, symbols and spaces. */
    searchCompact: p.text(),
  },
});

/** The folded name of a volume, and its ISBNs. */
export const VolumeSearchSchema = defineEntity({
  name: 'VolumeSearch',
  tableName: 'volume_search',
  indexes: [
    { name: 'volume_search_by_series', properties: ['seriesId'] },
    {
      name: 'volume_search_trigrams',
      expression:
        'create index "volume_search_trigrams" on "volume_search" using gin ("search_text" gin_trgm_ops)',
    },
  ],
  properties: {
    volume: p.manyToOne(VolumeSchema).primary().deleteRule('cascade'),
    /** The series, so that a search needs no row of `volumes`. A volume never moves to another series. */
    seriesId: p.integer(),
    searchText: p.text(),
    searchCompact: p.text(),
    isbn10: p.text().nullable().fieldName('isbn10'),
    isbn13: p.text().nullable().fieldName('isbn13'),
  },
});

/** Counters of a series' ratings, updated in the transaction of every rating; see `rating-counters.ts`. */
const COUNTERS = {
  /** Number of ratings. */
  count: p.integer().default(0),
  /** Sum of the ratings. */
  sum: p.decimal('number').columnType('numeric(12,1)').defaultRaw('0'),
  /** Numbers of ratings that round to 1, 2, … 10, half up. */
  r1: p.integer().default(0).fieldName('r1'),
  r2: p.integer().default(0).fieldName('r2'),
  r3: p.integer().default(0).fieldName('r3'),
  r4: p.integer().default(0).fieldName('r4'),
  r5: p.integer().default(0).fieldName('r5'),
  r6: p.integer().default(0).fieldName('r6'),
  r7: p.integer().default(0).fieldName('r7'),
  r8: p.integer().default(0).fieldName('r8'),
  r9: p.integer().default(0).fieldName('r9'),
  r10: p.integer().default(0).fieldName('r10'),
};

/** The counters of a series; of a sharded one, they are complete with its rows in `rating_shards`. */
export const RatingTotalSchema = defineEntity({
  name: 'RatingTotal',
  tableName: 'rating_totals',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    /** Whether transactions have waited for this row, so that changes go to `rating_shards` from then on. */
    isSharded: p.boolean().default(false).fieldName('is_sharded'),
    ...COUNTERS,
  },
});

/**
 * Further counters of series with concurrent ratings, so that these rarely wait for one another. A single row may be
 * negative: a rating can be added through one shard and removed through another.
 */
export const RatingShardSchema = defineEntity({
  name: 'RatingShard',
  tableName: 'rating_shards',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    shard: p.smallint().primary(),
    ...COUNTERS,
  },
});
