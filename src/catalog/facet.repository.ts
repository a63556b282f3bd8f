import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type {
  CatalogVersionSchema,
  SeriesCountSchema,
  SeriesSchema,
  VolumeSchema,
} from './catalog.entity.js';
import { bySpelling, facets } from './facet-queries.js';
import type { FacetsDto } from './facets.dto.js';

const db = tables<
  typeof CatalogVersionSchema | typeof SeriesCountSchema | typeof SeriesSchema | typeof VolumeSchema
>();

const VERSION = statement('catalog.version', () => db.selectFrom('catalog_version').select('version'));

/** The version of the catalog, and its facets if they have changed since the given version. */
const FACETS = statement('catalog.facets', ({ known }: { known: number }) =>
  db
    .selectFrom('catalog_version as c')
    .select('c.version')
    .select(
      sql<FacetsDto | null>`case when c.version <> ${known}::bigint then json_build_object(
        'types', ${facets(
          db
            .selectFrom('series_counts')
            .select((eb) => ['type as key', sql<number>`${eb.fn.sum('total')}::int`.as('count')])
            .where('public', '=', sql.lit(1))
            .groupBy('type'),
        )},
        'origins', ${facets(
          bySpelling(
            sql`select origin as spelling, count(*) as count from series where public = 1 group by origin`,
            sql`(select count(*) from series s
              where s.public = 1 and lower(s.origin collate "und-x-icu") = k.folded)`,
          ),
        )},
        'tags', ${facets(
          bySpelling(
            sql`select spelling, count(*) as count from series cross join lateral unnest(tags) as t (spelling)
              where public = 1 group by spelling`,
            sql`(select count(*) from series s where s.public = 1 and tag_keys(s.tags) @> array[k.folded])`,
          ),
        )},
        'languages', ${facets(
          sql`select v.language as key, count(*)::int as count
            from (select distinct language, series_id from volumes) as v
            join series s on s.id = v.series_id where s.public = 1 group by v.language`,
        )}
      ) end`.as('facets'),
    ),
);

/** No version of the catalog. */
const NONE = -1;

/** The facets of one version of the catalog. */
export interface VersionedFacets {
  readonly version: number;
  readonly facets: FacetsDto;
}

@Injectable()
export class FacetRepository {
  constructor(private readonly sql: Sql) {}

  /** The version of the catalog. */
  async version(): Promise<number> {
    return (await this.sql.row(VERSION, {}))?.version ?? NONE;
  }

  /** The current facets, computed unless the known ones are those of the current version. */
  async current(known: VersionedFacets | null): Promise<VersionedFacets> {
    const found = await this.sql.row(FACETS, { known: known?.version ?? NONE });
    if (found?.facets) return { version: found.version, facets: found.facets };
    return known ?? { version: NONE, facets: { types: [], origins: [], tags: [], languages: [] } };
  }
}
