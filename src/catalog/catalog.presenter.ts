import type { SeriesDetailDto, VolumeDto } from './catalog.dto.js';
import { presentSeries, type SeriesRow } from './series-projection.js';
import type { VolumeRow } from './volume.repository.js';

/** A series with the distribution of its ratings. */
export function presentSeriesDetail(row: SeriesRow): SeriesDetailDto {
  const ratings = Array.from({ length: 10 }, (_, index) => ({ rating: index + 1, count: 0 }));
  return { ...presentSeries(row), ratings };
}

/** A volume, as somebody sees it who does not own it. */
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
    in_collection: false,
    collection: null,
  };
}
