import type { InferResult, SelectQueryBuilder } from 'kysely';
import { isoDate } from '../database/expressions.js';
import type { TablesOf } from '../database/statement.js';
import type { VolumeDto } from './volume.dto.js';
import type { VolumeSchema } from './catalog.entity.js';
import type { ItemState } from './item-states.js';
import type { SeriesCardSchema } from './read-model.entity.js';
import { aliasOf, joinTexts, type Translation } from './series-projection.js';

type Tables = TablesOf<typeof VolumeSchema | typeof SeriesCardSchema>;

/**
 * The columns of `collection_items` that volumes contain. Declared here, since the catalog must not import the entity
 * of the collection, which depends on the catalog.
 */
export interface OwnedVolume {
  readonly id: number;
  readonly user_id: string;
  readonly volume_id: number;
  readonly state: ItemState;
  readonly buy_date: string | null;
  readonly price: number;
  readonly currency: string;
  readonly condition: string | null;
  readonly place: string | null;
  readonly notes: string | null;
}

/** A query that has volumes as `v`, the cards of their series as `c` and the viewer's collection items as `i`. */
interface WithVolumes {
  v: Tables['volumes'];
  c: Tables['series_cards'];
  i: { [Column in keyof OwnedVolume]: OwnedVolume[Column] | null };
}

/** Adds the columns. */
function project(
  query: SelectQueryBuilder<Tables & WithVolumes, 'v' | 'c' | 'i', object>,
  translation: Translation,
) {
  return joinTexts(query, translation).select((eb) => [
    'v.id',
    'v.name',
    'v.slug',
    'v.group_order',
    'v.language',
    isoDate(eb.ref('v.release_date')).as('release_date'),
    'v.pages',
    'v.isbn10',
    'v.isbn13',
    'v.type',
    'v.publisher',
    'v.description',
    'v.edition_name',
    'v.cover_path',
    'v.aspect_ratio',
    'v.nsfw',
    'v.nsfw18',
    'c.series_id',
    'c.name as series_name',
    'c.slug as series_slug',
    'c.type as series_type',
    aliasOf(translation).as('series_alias'),
    // Null when the viewer has no item of the volume.
    'i.id as item_id',
    'i.state',
    isoDate(eb.ref('i.buy_date')).as('buy_date'),
    'i.price',
    'i.currency',
    'i.condition',
    'i.place',
    'i.notes',
  ]);
}

/** A row of the projection: a volume with its series, and the viewer's item of it. */
export type VolumeRow = InferResult<ReturnType<typeof project>>[number];

/**
 * Adds the columns of a Volume to a query that has volumes as the relation `v`, the cards of their series as `c` and
 * the viewer's collection items as `i`.
 */
export function selectVolume<DB extends WithVolumes, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  translation: Translation,
): SelectQueryBuilder<DB, TB, Row & VolumeRow> {
  // The builder's types cannot add columns to a query over tables that only the caller knows.
  return project(query as never, translation) as never;
}

/** A volume, with the viewer's copy of it if there is one. */
export function presentVolume(row: VolumeRow): VolumeDto {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    group_order: row.group_order,
    language: row.language,
    release_date: row.release_date,
    pages: row.pages,
    isbn10: row.isbn10,
    isbn13: row.isbn13,
    type: row.type,
    publisher: row.publisher,
    description: row.description,
    edition_name: row.edition_name,
    cover_path: row.cover_path,
    aspect_ratio: row.aspect_ratio,
    nsfw: row.nsfw,
    nsfw18: row.nsfw18,
    series: {
      id: row.series_id,
      name: row.series_name,
      alias: row.series_alias,
      slug: row.series_slug,
      type: row.series_type,
    },
    ...presentItem(row),
  };
}

function presentItem(row: VolumeRow): Pick<VolumeDto, 'in_collection' | 'collection'> {
  const { item_id, state, buy_date, price, currency, condition, place, notes } = row;
  if (item_id === null || state === null || price === null || currency === null)
    return { in_collection: false, collection: null };
  return {
    in_collection: state === 'owned',
    collection: { item_id, state, buy_date, price, currency, condition, place, notes },
  };
}
