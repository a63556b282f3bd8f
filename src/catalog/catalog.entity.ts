import { defineEntity, p } from '@mikro-orm/core';
import { ClientSchema } from '../clients/client.entity.js';
import { counterTriggers } from '../database/counter-triggers.js';

/** The kinds of works. */
export const SERIES_TYPES = ['Manga', 'Manhwa', 'Manhua', 'Novel', 'Comic', 'Other'] as const;
export type SeriesType = (typeof SERIES_TYPES)[number];

/** The collation of names: ICU root, ignoring case and accents. */
export const NAME_ORDER = 'name_order';
const isPublic = 'public = 1';

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
    { name: 'series_by_rating', properties: ['rankedAverage', 'id'], where: isPublic },
    {
      name: 'series_by_rating_desc',
      columns: [{ name: 'ranked_average', sort: 'DESC', nulls: 'LAST' }, { name: 'id' }],
      where: isPublic,
    },
  ],
  triggers: counterTriggers('series', 'series_count'),
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
  indexes: [{ name: 'volumes_by_series', properties: ['series', 'groupOrder', 'id'] }],
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
    total: p.integer(),
  },
});
