import { sql } from 'kysely';
import { isEnabledOrAbsent } from '../clients/client-filter.js';
import { rowCount, rowNumber, sortKeys } from '../database/expressions.js';
import { oneRow, pageQuery, smallPage } from '../database/page.js';
import { statement, tables } from '../database/statement.js';
import type { SeriesSchema, VolumeSchema } from './catalog.entity.js';
import type { SeriesCardSchema } from './read-model.entity.js';
import { type OwnedVolume, selectVolume } from './volume-projection.js';

const db = tables<typeof SeriesSchema | typeof VolumeSchema | typeof SeriesCardSchema>().withTables<{
  collection_items: OwnedVolume;
  found: { readonly id: number; readonly position: number };
}>();

/** An ISBN, and the page of its volumes. */
export interface IsbnParameters {
  /** 13 digits; null for a text that is no ISBN, which no volume has. */
  readonly isbn: string | null;
  /** Null for all clients. */
  readonly client: number | null;
  readonly language: string;
  readonly viewerId: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** The volumes with an ISBN, which several series may share. */
export const VOLUMES_BY_ISBN = statement('catalog.volumes-by-isbn', (p: IsbnParameters) => {
  const order = sortKeys<'v.group_order' | 'v.id'>(['v.group_order', 'v.id']);
  // The expression of the index `volumes_by_isbn`.
  const isbn = sql<string | null>`isbn_of(v.isbn13, v.isbn10)`;
  return pageQuery(
    oneRow(
      db.with(
        (cte) => cte('found').materialized(),
        (query) =>
          query
            .selectFrom('volumes as v')
            .innerJoin('series as s', 's.id', 'v.series_id')
            .select(['v.id', rowNumber(order).as('position')])
            .where(isbn, '=', p.isbn)
            .where(isbn, 'is not', null)
            .where(
              sql<boolean>`(${p.client}::int is null or coalesce(s.client_id, ${p.client}) = ${p.client})`,
            ),
      ),
    ),
    (eb) => ({
      total: rowCount(eb.selectFrom('found')),
      client_known: isEnabledOrAbsent(p.client),
    }),
    () =>
      selectVolume(
        db
          .selectFrom(
            smallPage(
              db.selectFrom('found').selectAll().orderBy('position').limit(p.limit).offset(p.offset),
            ).as('f'),
          )
          .innerJoin('volumes as v', 'v.id', 'f.id')
          .innerJoin('series_cards as c', 'c.series_id', 'v.series_id')
          .leftJoin('collection_items as i', (join) =>
            join.on('i.user_id', '=', p.viewerId).onRef('i.volume_id', '=', 'v.id'),
          )
          .select('f.position'),
        { language: p.language, isTranslated: true },
      ),
  );
});
