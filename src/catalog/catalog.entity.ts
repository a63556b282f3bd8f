import { defineEntity, p } from '@mikro-orm/core';
import { ClientSchema } from '../clients/client.entity.js';
import { counterTriggers } from '../database/counter-triggers.js';

/** The kinds of works. */
export const SERIES_TYPES = ['Manga', 'Manhwa', 'Manhua', 'Novel', 'Comic', 'Other'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

/** Whether a series still appears. */
export const PUBLICATIONS = ['ongoing', 'completed', 'hiatus', 'cancelled'] as const;
export type Publication = (typeof PUBLICATIONS)[number];

/** The sites whose ids `links` has. */
export const LINKED_SITES = ['mal', 'anilist', 'kitsu', 'mangaupdates', 'mangadex'] as const;

/** The collation of names: ICU root, ignoring case and accents. */
export const NAME_ORDER = 'name_order';
const isPublic = 'public = 1';
const isNotPublic = 'public = 0';

/** The triggers that count the changes of what facets and statistics of readers show of the catalog. */
function versionTriggers(table: string, columns: readonly string[]) {
  return (['insert', 'update', 'delete'] as const).map((event) => {
    const name = `${table}_version_${event}`;
    const when = event === 'update' ? `update of ${columns.join(', ')}` : event;
    return {
      name,
      timing: 'after' as const,
      events: [event],
      forEach: 'statement' as const,
      expression: `create trigger "${name}" after ${when} on "${table}" for each statement execute function catalog_changed()`,
    };
  });
}

export const SeriesSchema = defineEntity({
  name: 'Series',
  tableName: 'series',
  indexes: [
    { name: 'series_by_name', properties: ['name', 'id'], where: isPublic },
    { name: 'series_by_type', properties: ['type', 'name', 'id'], where: isPublic },
    { name: 'series_by_added', properties: ['added', 'id'], where: isPublic },
    // An import stores many series at one time, so that an index read backwards would leave their ids to be sorted.
    {
      name: 'series_by_added_desc',
      columns: [{ name: 'added', sort: 'DESC' }, { name: 'id' }],
      where: isPublic,
    },
    { name: 'series_by_client', properties: ['client'] },
    {
      name: 'series_by_origin',
      expression: `create index "series_by_origin" on "series" (lower("origin" collate "und-x-icu"), "name", "id") where ${isPublic}`,
    },
    {
      name: 'series_by_tags',
      expression:
        'create index "series_by_tags" on "series" using gin (tag_keys("tags")) with (fastupdate = off)',
    },
    // A slug may be longer than an entry of a B-tree.
    { name: 'series_by_slug', expression: 'create index "series_by_slug" on "series" using hash ("slug")' },
    { name: 'series_by_rating', properties: ['rankedAverage', 'id'], where: isPublic },
    {
      name: 'series_by_rating_desc',
      columns: [{ name: 'ranked_average', sort: 'DESC', nulls: 'LAST' }, { name: 'id' }],
      where: isPublic,
    },
    // The same orders of series that are not public: the lists of administrators merge both.
    { name: 'series_hidden_by_name', properties: ['name', 'id'], where: isNotPublic },
    { name: 'series_hidden_by_type', properties: ['type', 'name', 'id'], where: isNotPublic },
    { name: 'series_hidden_by_added', properties: ['added', 'id'], where: isNotPublic },
    {
      name: 'series_hidden_by_added_desc',
      columns: [{ name: 'added', sort: 'DESC' }, { name: 'id' }],
      where: isNotPublic,
    },
    { name: 'series_hidden_by_rating', properties: ['rankedAverage', 'id'], where: isNotPublic },
    {
      name: 'series_hidden_by_rating_desc',
      columns: [{ name: 'ranked_average', sort: 'DESC', nulls: 'LAST' }, { name: 'id' }],
      where: isNotPublic,
    },
    // For imports of lists of other sites.
    ...LINKED_SITES.map((site) => ({
      name: `series_by_${site}`,
      expression: `create index "series_by_${site}" on "series" ((links ->> '${site}')) where links ->> '${site}' is not null`,
    })),
  ],
  triggers: [
    ...counterTriggers('series', 'series_count'),
    ...versionTriggers('series', ['type', 'origin', 'client_id', 'public', 'nsfw', 'nsfw18', 'tags']),
  ],
  properties: {
    id: p.integer().primary().autoincrement(),
    /** The key in catalog files, by which an import recognizes an existing series. */
    externalId: p.text().unique(),
    name: p.text().collation(NAME_ORDER),
    type: p.enum(SERIES_TYPES).$type<SeriesType>(),
    slug: p.text(),
    /** English name of the original language. */
    origin: p.text(),
    /** The only client whose catalog has the series; null for all clients. */
    client: p.manyToOne(ClientSchema).nullable().deleteRule('no action'),
    public: p.smallint().default(1),
    nsfw: p.smallint().default(0),
    nsfw18: p.smallint().default(0).fieldName('nsfw18'),
    tags: p.array().$type<string[]>().columnType('text[]').defaultRaw("'{}'"),
    authors: p.array().$type<string[]>().columnType('text[]').defaultRaw("'{}'"),
    links: p.json().$type<Record<string, string | number>>().defaultRaw("'{}'"),
    /** How many chapters and volumes exist, whether the catalog has them or not; null if unknown. */
    chapters: p.integer().nullable(),
    volumeTotal: p.integer().nullable(),
    publication: p.enum(PUBLICATIONS).$type<Publication>().nullable(),
    /** The year in which the series began. */
    year: p.smallint().nullable(),
    /** Digest of the imported line, by which a later import skips unchanged series. */
    digest: p.text(),
    added: p.datetime(3).defaultRaw('current_timestamp(3)'),
    /** The average rating for ordering lists, up to a minute old; responses contain the exact one. */
    rankedAverage: p.decimal('number').columnType('numeric(4,2)').nullable(),
  },
});

export const SeriesTitleSchema = defineEntity({
  name: 'SeriesTitle',
  tableName: 'series_titles',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    position: p.integer().primary(),
    /** ISO 639-1 code; null if unknown. */
    language: p.text().nullable(),
    title: p.text(),
  },
});

export const SeriesDescriptionSchema = defineEntity({
  name: 'SeriesDescription',
  tableName: 'series_descriptions',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    language: p.text().primary(),
    text: p.text(),
  },
});

export const VolumeSchema = defineEntity({
  name: 'Volume',
  tableName: 'volumes',
  indexes: [
    { name: 'volumes_by_series', properties: ['series', 'groupOrder', 'id'] },
    // For imports of lists of other sites.
    { name: 'volumes_by_isbn10', properties: ['isbn10'], where: 'isbn10 is not null' },
    { name: 'volumes_by_isbn13', properties: ['isbn13'], where: 'isbn13 is not null' },
    // For lookups: both forms of an ISBN are one key.
    {
      name: 'volumes_by_isbn',
      expression: `create index "volumes_by_isbn" on "volumes" (isbn_of("isbn13", "isbn10")) where isbn_of("isbn13", "isbn10") is not null`,
    },
    // For calendars of releases.
    { name: 'volumes_by_release', properties: ['releaseDate', 'id'], where: 'release_date is not null' },
    // For the filter of lists and the facets, which read no volume.
    { name: 'volumes_by_language', properties: ['language', 'series'] },
  ],
  triggers: versionTriggers('volumes', ['language']),
  properties: {
    id: p.integer().primary().autoincrement(),
    externalId: p.text().unique(),
    series: p.manyToOne(SeriesSchema).deleteRule('cascade'),
    name: p.text(),
    slug: p.text(),
    /** Position in the series; several editions may share one. */
    groupOrder: p.decimal('number').columnType('numeric(9,2)'),
    language: p.text(),
    type: p.text().nullable(),
    publisher: p.text().nullable(),
    releaseDate: p.date().nullable(),
    pages: p.integer().nullable(),
    isbn10: p.text().nullable().fieldName('isbn10'),
    isbn13: p.text().nullable().fieldName('isbn13'),
    description: p.text().nullable(),
    editionName: p.text().nullable(),
    coverPath: p.text().nullable(),
    aspectRatio: p.double().$type<number>().nullable(),
    nsfw: p.smallint().default(0),
    nsfw18: p.smallint().default(0).fieldName('nsfw18'),
  },
});

/** Counters of series, updated by triggers, so that a page's total reads no series. */
export const SeriesCountSchema = defineEntity({
  name: 'SeriesCount',
  tableName: 'series_counts',
  properties: {
    /** The client's id; 0 for series of all clients. */
    clientId: p.integer().primary(),
    type: p.text().primary(),
    public: p.smallint().primary(),
    /** The age that the series are for, as `NSFW_LEVEL` in nsfw.ts computes it. */
    nsfwLevel: p.smallint().primary().default(0),
    total: p.integer(),
  },
});

/**
 * One row with the number of changes of what facets and statistics of readers show of the catalog, written by triggers,
 * so that what was computed from it can be kept until it changes.
 */
export const CatalogVersionSchema = defineEntity({
  name: 'CatalogVersion',
  tableName: 'catalog_version',
  properties: {
    id: p.smallint().primary().autoincrement(false),
    version: p.bigint('number'),
  },
});
