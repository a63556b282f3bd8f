import { RATED } from './series-ratings.js';
import type { SeriesDto } from './catalog.dto.js';

/**
 * A Series of the contract in SQL, for every list that shows one: the columns, and the joins to put behind a relation
 * `s` of series. Each join reads one range of an index per series.
 *
 * @param language the placeholder of the language's code, such as `$2`
 */
export function seriesProjection(language: string): { columns: string; joins: string } {
  return {
    columns: `s.id, s.name, s.type, s.slug, s.origin, s.client_id as client, s.public, s.nsfw, s.nsfw18, s.tags, s.authors, s.links,
      coalesce(titles.alias, s.name) as alias, coalesce(titles.aliases, '{}') as aliases,
      descriptions.text as description, first_volume.volume, first_volume.language as publisher_language,
      coalesce(rated.rating_count, 0) as rating_count, rated.average_rating`,
    joins: `left join lateral (
        select array_agg(t.title order by t.position) as aliases,
          coalesce(
            (array_agg(t.title order by t.position) filter (where t.language = ${language}))[1],
            (array_agg(t.title order by t.position) filter (where t.language = 'en'))[1]
          ) as alias
        from series_titles t where t.series_id = s.id
      ) as titles on true
      left join lateral (
        select d.text from series_descriptions d
        where d.series_id = s.id and d.language in (${language}, 'en')
        order by d.language = ${language} desc limit 1
      ) as descriptions on true
      left join lateral (
        select v.language, json_build_object('id', v.id, 'cover_path', v.cover_path, 'nsfw', v.nsfw, 'nsfw18', v.nsfw18,
          'aspect_ratio', v.aspect_ratio) as volume
        from volumes v where v.series_id = s.id order by v.group_order, v.id limit 1
      ) as first_volume on true
      ${RATED}`,
  };
}

/** A row of the projection. */
export interface SeriesRow {
  readonly id: number;
  readonly name: string;
  readonly type: SeriesDto['type'];
  readonly slug: string;
  readonly origin: string;
  readonly client: number | null;
  readonly public: number;
  readonly nsfw: number;
  readonly nsfw18: number;
  readonly tags: string[];
  readonly authors: string[];
  /** Databases of earlier versions have numbers here. */
  readonly links: Readonly<Record<string, string | number>>;
  readonly alias: string;
  readonly aliases: string[];
  readonly description: string | null;
  readonly volume: SeriesDto['volume'];
  readonly publisher_language: string | null;
  readonly rating_count: number;
  readonly average_rating: string | null;
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
    average_rating: row.average_rating === null ? null : Number(row.average_rating),
    rating_count: row.rating_count,
    publisher_language: row.publisher_language,
  };
}

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
