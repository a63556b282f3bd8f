import { type Expression, type RawBuilder, sql } from 'kysely';
import type { FacetDto } from './facets.dto.js';

/** The rows of a query, `key` and `count`, as a JSON array, most frequent first. */
export function facets(
  rows: Expression<{ key: string; count: number }>,
  limit?: number,
): RawBuilder<FacetDto[]> {
  return sql`(select coalesce(json_agg(json_build_object('key', key, 'count', count) order by count desc, key), '[]')
    from (select key, count from (${rows}) as rows where count > 0 order by count desc, key
      ${limit === undefined ? sql`` : sql`limit ${sql.lit(limit)}`}) as counted)`;
}

const LOWER = sql`lower(spelling collate "und-x-icu")`;

/**
 * Values of texts, each counted once for each series. Spellings that differ in case are one value, shown in the most
 * frequent one.
 *
 * @param spellings a query of `spelling` and `count`
 * @param exact the number of series with a value of which there are several spellings
 */
export function bySpelling(spellings: RawBuilder<unknown>, exact: RawBuilder<number>) {
  return sql<{ key: string; count: number }>`select spelling as key,
      case when spellings = 1 then count else ${exact} end::int as count
    from (select distinct on (folded) folded, spelling, count, count(*) over (partition by folded) as spellings
      from (select ${LOWER} as folded, spelling, count from (${spellings}) as raw) as f
      order by folded, count desc, spelling) as k`;
}
