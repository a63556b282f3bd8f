import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { rowCount, rowNumber, sortKeys } from '../database/expressions.js';
import { pageQuery } from '../database/page.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { SeriesSchema, VolumeSchema } from './catalog.entity.js';
import { type IsbnParameters, VOLUMES_BY_ISBN } from './isbn-statements.js';
import type { SeriesCardSchema } from './read-model.entity.js';
import { type OwnedVolume, selectVolume, type VolumeRow } from './volume-projection.js';

const db = tables<typeof SeriesSchema | typeof VolumeSchema | typeof SeriesCardSchema>().withTables<{
  collection_items: OwnedVolume;
}>();

interface Shown {
  readonly language: string;
  /** The user whose copies are shown; null for a request without a credential. */
  readonly viewerId: string | null;
}

/** Volumes with the viewer's copies of them. */
function volumes({ language, viewerId }: Shown) {
  return selectVolume(
    db
      .selectFrom('volumes as v')
      .innerJoin('series_cards as c', 'c.series_id', 'v.series_id')
      .leftJoin('collection_items as i', (join) =>
        join.on('i.user_id', '=', viewerId).onRef('i.volume_id', '=', 'v.id'),
      ),
    { language, isTranslated: true },
  );
}

const FIND = statement('catalog.volume', (p: Shown & { id: number }) => volumes(p).where('v.id', '=', p.id));

interface PageParameters extends Shown {
  readonly seriesId: number;
  /** Code of the only language of the volumes; null for all. */
  readonly volumeLanguage: string | null;
  readonly limit: number;
  readonly offset: number;
}

const PAGE = statement('catalog.volumes', (p: PageParameters) => {
  const isShown = sql<boolean>`(${p.volumeLanguage}::text is null or v.language = ${p.volumeLanguage}::text)`;
  const order = sortKeys<'v.group_order' | 'v.id'>(['v.group_order', 'v.id']);
  return pageQuery(
    db.selectFrom('series as s').where('s.id', '=', p.seriesId),
    (eb) => ({
      total: rowCount(eb.selectFrom('volumes as v').whereRef('v.series_id', '=', 's.id').where(isShown)),
    }),
    () =>
      volumes(p)
        .select(rowNumber(order).as('position'))
        .where('v.series_id', '=', p.seriesId)
        .where(isShown)
        .orderBy(order)
        .limit(p.limit)
        .offset(p.offset),
  );
});

export type VolumePage =
  | { readonly kind: 'found'; readonly total: number; readonly rows: VolumeRow[] }
  | { readonly kind: 'no-series' };

@Injectable()
export class VolumeRepository {
  constructor(private readonly sql: Sql) {}

  /** A volume, with the viewer's copy of it. */
  async find(id: number, language: string, viewerId: string | null): Promise<VolumeRow | undefined> {
    return this.sql.row(FIND, { id, language, viewerId });
  }

  /** A page of a series' volumes in their order. */
  async page(parameters: PageParameters): Promise<VolumePage> {
    const { header, rows } = await this.sql.page(PAGE, parameters);
    return header === undefined ? { kind: 'no-series' } : { kind: 'found', total: header.total, rows };
  }

  /** A page of the volumes with an ISBN. `clientKnown` is false if the client is unknown or disabled. */
  async byIsbn(
    parameters: IsbnParameters,
  ): Promise<{ total: number; clientKnown: boolean; rows: VolumeRow[] }> {
    const { header, rows } = await this.sql.page(VOLUMES_BY_ISBN, parameters);
    return { total: header?.total ?? 0, clientKnown: header?.client_known ?? false, rows };
  }
}
