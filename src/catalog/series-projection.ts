import { type InferResult, type SelectQueryBuilder, sql } from 'kysely';
import { jsonBuildObject } from 'kysely/helpers/postgres';
import type { TablesOf } from '../database/statement.js';
import type { SeriesDto } from './series.dto.js';
import type {
  SeriesDescriptionSchema,
  SeriesSchema,
  SeriesTitleSchema,
  VolumeSchema,
} from './catalog.entity.js';
import { FALLBACK_LANGUAGE } from './languages.js';
import { ratingSummaryOf } from './series-ratings.js';

type Tables = TablesOf<
  typeof SeriesSchema | typeof SeriesTitleSchema | typeof SeriesDescriptionSchema | typeof VolumeSchema
>;
/** A query that has series as the relation `s`. */
interface WithSeries {
  s: Tables['series'];
}

const FALLBACK = sql.lit(FALLBACK_LANGUAGE);

/** Adds the columns and joins; each join reads one range of an index per series. */
function project(query: SelectQueryBuilder<Tables & WithSeries, 's', object>, language: string) {
  return query
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('series_titles as t')
          .select(({ fn }) => {
            const titles = fn.agg<string[]>('array_agg', ['t.title']).orderBy('t.position');
            const inLanguage = titles.filterWhere('t.language', '=', language);
            const inFallback = titles.filterWhere('t.language', '=', FALLBACK);
            return [
              titles.as('aliases'),
              sql<string | null>`coalesce((${inLanguage})[1], (${inFallback})[1])`.as('alias'),
            ];
          })
          .whereRef('t.series_id', '=', 's.id')
          .as('titles'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('series_descriptions as d')
          .select('d.text')
          .whereRef('d.series_id', '=', 's.id')
          .where('d.language', 'in', [sql<string>`${language}`, FALLBACK])
          .orderBy((description) => description('d.language', '=', language), 'desc')
          .limit(sql.lit(1))
          .as('descriptions'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('volumes as v')
          .select((volume) => [
            'v.language',
            jsonBuildObject({
              id: volume.ref('v.id'),
              cover_path: volume.ref('v.cover_path'),
              nsfw: volume.ref('v.nsfw'),
              nsfw18: volume.ref('v.nsfw18'),
              aspect_ratio: volume.ref('v.aspect_ratio'),
            }).as('volume'),
          ])
          .whereRef('v.series_id', '=', 's.id')
          .orderBy('v.group_order')
          .orderBy('v.id')
          .limit(sql.lit(1))
          .as('first_volume'),
      (join) => join.onTrue(),
    )
    .leftJoinLateral(
      (eb) => ratingSummaryOf(eb.ref('s.id')).as('rated'),
      (join) => join.onTrue(),
    )
    .select((eb) => [
      's.id',
      's.name',
      's.type',
      's.slug',
      's.origin',
      's.client_id as client',
      's.public',
      's.nsfw',
      's.nsfw18',
      's.tags',
      's.authors',
      's.links',
      eb.fn.coalesce('titles.alias', 's.name').as('alias'),
      eb.fn.coalesce('titles.aliases', sql<string[]>`'{}'`).as('aliases'),
      'descriptions.text as description',
      'first_volume.volume',
      'first_volume.language as publisher_language',
      eb.fn.coalesce('rated.rating_count', sql.lit(0)).as('rating_count'),
      'rated.average_rating',
    ]);
}

/** A row of the projection. */
export type SeriesRow = InferResult<ReturnType<typeof project>>[number];

/**
 * Adds the columns of a Series to a query that has series as the relation `s`.
 *
 * @param language parameter: the code of the language of titles and descriptions
 */
export function selectSeries<DB extends WithSeries, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  language: string,
): SelectQueryBuilder<DB, TB, Row & SeriesRow> {
  // The builder's types cannot add joins to a query over tables that only the caller knows.
  return project(query as never, language) as never;
}

export function presentSeries(row: SeriesRow): SeriesDto {
  return {
    id: row.id,
    name: row.name,
    type: row.type,
    slug: row.slug,
    origin: row.origin,
    client: row.client,
    public: row.public,
    nsfw: row.nsfw,
    nsfw18: row.nsfw18,
    alias: row.alias,
    aliases: row.aliases,
    description: row.description,
    tags: row.tags,
    authors: row.authors,
    links: presentLinks(row.links),
    volume: row.volume,
    average_rating: row.average_rating,
    rating_count: row.rating_count,
    publisher_language: row.publisher_language,
  };
}

/** Converts ids to strings: earlier versions stored some as numbers. */
function presentLinks(links: SeriesRow['links']): SeriesDto['links'] {
  const { mal, anilist, kitsu, mangaupdates, mangadex } = links;
  return {
    mal: asText(mal),
    anilist: asText(anilist),
    kitsu: asText(kitsu),
    mangaupdates: asText(mangaupdates),
    mangadex: asText(mangadex),
  };
}

function asText(id: string | number | undefined): string | null {
  return id === undefined ? null : String(id);
}
