import type { VolumeDto } from './catalog.dto.js';
import type { SeriesType } from './catalog.entity.js';

/** A volume with the series that it belongs to, and the viewer's copy of it. */
export interface VolumeRow {
  readonly id: number;
  readonly name: string;
  readonly slug: string;
  readonly group_order: string;
  readonly language: string;
  readonly release_date: string | null;
  readonly pages: number | null;
  readonly isbn10: string | null;
  readonly isbn13: string | null;
  readonly type: string | null;
  readonly publisher: string | null;
  readonly description: string | null;
  readonly edition_name: string | null;
  readonly cover_path: string | null;
  readonly aspect_ratio: number | null;
  readonly nsfw: number;
  readonly nsfw18: number;
  readonly series_id: number;
  readonly series_name: string;
  readonly series_alias: string;
  readonly series_slug: string;
  readonly series_type: SeriesType;
  /** Null when the viewer does not own the volume. */
  readonly item_id: string | null;
  readonly buy_date: string | null;
  readonly price: string | null;
}

/**
 * A Volume of the contract in SQL: its columns, behind relations `v` of volumes, `s` of series and `i` of the viewer's
 * collection items.
 *
 * @param language the placeholder of the language's code, such as `$1`
 */
export function volumeColumns(language: string): string {
  return `v.id, v.name, v.slug, v.group_order, v.language, to_char(v.release_date, 'YYYY-MM-DD') as release_date,
    v.pages, v.isbn10, v.isbn13, v.type, v.publisher, v.description, v.edition_name, v.cover_path, v.aspect_ratio,
    v.nsfw, v.nsfw18,
    s.id as series_id, s.name as series_name, s.slug as series_slug, s.type as series_type,
    coalesce(
      (select t.title from series_titles t where t.series_id = s.id and t.language in (${language}, 'en')
       order by t.language = ${language} desc, t.position limit 1),
      s.name
    ) as series_alias,
    i.id as item_id, to_char(i.buy_date, 'YYYY-MM-DD') as buy_date, i.price`;
}

/** A volume, with the viewer's copy of it if there is one. */
export function presentVolume(row: VolumeRow): VolumeDto {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    group_order: Number(row.group_order),
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
    in_collection: row.item_id !== null,
    collection:
      row.item_id === null
        ? null
        : { item_id: Number(row.item_id), buy_date: row.buy_date as string, price: Number(row.price) },
  };
}
