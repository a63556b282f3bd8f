import type { CatalogSeriesDto, SeriesDetailDto } from './series.dto.js';
import { presentOwn } from './own-entry.js';
import type { SeriesPageRow } from './series-page.js';
import { presentListedSeries, presentSeries } from './series-projection.js';
import type { SeriesDetailRow } from './series.repository.js';

/** A series with the distribution of its ratings. */
export function presentSeriesDetail(row: SeriesDetailRow, viewerId: string | null): SeriesDetailDto {
  const ratings = row.histogram.map((count, index) => ({ rating: index + 1, count }));
  return { ...presentSeries(row), ...presentOwn(row.id, row, viewerId), ratings };
}

/** A series of a list. */
export function presentCatalogSeries(row: SeriesPageRow, viewerId: string | null): CatalogSeriesDto {
  return { ...presentListedSeries(row), ...presentOwn(row.id, row, viewerId) };
}
