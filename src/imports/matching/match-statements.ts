import { sql } from 'kysely';
import type { SeriesSchema, VolumeSchema } from '../../catalog/catalog.entity.js';
import type { SeriesSearchSchema } from '../../catalog/read-model.entity.js';
import { anyOf, unnested } from '../../database/expressions.js';
import { ONE_ROW } from '../../database/page.js';
import { statement, statementFamily, tables } from '../../database/statement.js';
import type { Site } from '../formats/imported-row.js';

const db = tables<typeof SeriesSchema | typeof VolumeSchema | typeof SeriesSearchSchema>();

/** Keys of rows as parallel arrays: the elements at one index belong together. */
interface Keys {
  /** Positions of rows in their batch. */
  readonly rows: readonly number[];
  readonly keys: readonly string[];
}

function keysOf({ rows, keys }: Keys) {
  return unnested('k', { row: [rows, 'int[]'], key: [keys, 'text[]'] });
}

/** The series with the ids of a site, by the index on this site's link. */
export const BY_LINK = statementFamily('imports.match-link', ({ site }: { site: Site }, p: Keys) =>
  db
    .selectFrom(keysOf(p))
    .innerJoin('series as s', (join) => join.on(sql<boolean>`(s.links ->> ${sql.lit(site)}) = k.key`))
    .select(['k.row', 's.id as series_id']),
);

export const BY_EXTERNAL_ID = statement('imports.match-external-id', (p: Keys) =>
  db
    .selectFrom(keysOf(p))
    .innerJoin('series as s', 's.external_id', 'k.key')
    .select(['k.row', 's.id as series_id']),
);

export const BY_VOLUME = statementFamily(
  'imports.match-volume',
  ({ column }: { readonly column: 'external_id' | 'isbn13' | 'isbn10' }, p: Keys) =>
    db
      .selectFrom(keysOf(p))
      .innerJoin('volumes as v', `v.${column}`, 'k.key')
      .select(['k.row', 'v.id', 'v.series_id', 'v.group_order']),
);

/** A volume of the catalog, for a row. */
export interface VolumeMatch {
  readonly row: number;
  readonly id: number;
  readonly series_id: number;
  readonly group_order: number;
}

/** The volumes at a position of a series. */
export const VOLUMES_AT = statement(
  'imports.match-volumes-at',
  (p: { rows: readonly number[]; seriesIds: readonly number[]; positions: readonly number[] }) =>
    db
      .selectFrom(
        unnested('k', {
          row: [p.rows, 'int[]'],
          series: [p.seriesIds, 'int[]'],
          position: [p.positions, 'numeric[]'],
        }),
      )
      .innerJoin('volumes as v', (join) =>
        join.onRef('v.series_id', '=', 'k.series').onRef('v.group_order', '=', 'k.position'),
      )
      .select(['k.row', 'v.id', 'v.series_id', 'v.group_order'])
      .orderBy(sql`v.language = 'en' desc`)
      .orderBy('v.id'),
);

/** The series with a folded name, by the index on the names in one of the two forms. */
export const BY_NAME = statementFamily(
  'imports.match-name',
  ({ column }: { column: 'search_text' | 'search_compact' }, p: Keys) =>
    db
      .selectFrom(keysOf(p))
      .innerJoin('series_search as f', (join) =>
        join.on(sql<boolean>`string_to_array(${sql.ref(`f.${column}`)}, E'\n') @> array[k.key]`),
      )
      .select(['k.row', 'f.series_id']),
);

/** Series with similar names, the most similar ones first. Executed after `SET_SIMILARITY`. */
export const SIMILAR = statement('imports.match-similar', (p: Keys) =>
  db
    .selectFrom(keysOf(p))
    .innerJoinLateral(
      (eb) =>
        eb
          .selectFrom('series_search as f')
          .select(['f.series_id', sql<number>`word_similarity(k.key, f.search_text)`.as('similarity')])
          .where(sql<boolean>`k.key <% f.search_text`)
          .orderBy('similarity', 'desc')
          .orderBy('f.series_id')
          .limit(sql.lit(20))
          .as('found'),
      (join) => join.onTrue(),
    )
    .select(['k.row', 'found.series_id', 'found.similarity'])
    .orderBy('found.similarity', 'desc'),
);

/**
 * Sets the least similarity of `<%` until the transaction ends. Above the default of 0.6, a name is found in half the
 * time, since the index can skip the frequent trigrams.
 */
export const SET_SIMILARITY = statement('imports.set-similarity', () =>
  ONE_ROW.select(sql<string>`set_config('pg_trgm.word_similarity_threshold', '0.7', true)`.as('threshold')),
);

/**
 * Moves new names from the pending list of the index to the index itself. A search reads all of the list, which is long
 * after an import of the catalog until the next vacuum.
 */
export const FLUSH_NAMES = statement('imports.flush-names', () =>
  ONE_ROW.select(sql<number>`gin_clean_pending_list('series_search_trigrams')`.as('pages')),
);

/** Those of the series that the reader may see in a client's catalog. */
export const VISIBLE_SERIES = statement(
  'imports.visible-series',
  (p: { seriesIds: readonly number[]; client: number }) =>
    db
      .selectFrom('series as s')
      .select(['s.id', 's.name', 's.type', 's.authors', 's.links'])
      .where('s.id', '=', anyOf(p.seriesIds, 'int[]'))
      .where('s.public', '=', sql.lit(1))
      .where((eb) =>
        eb.or([eb('s.client_id', 'is', null), eb('s.client_id', '=', sql<number>`${p.client}::int`)]),
      ),
);
