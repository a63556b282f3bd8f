import type { SeriesDetailDto } from './series.dto.js';
import { presentSeries } from './series-projection.js';
import type { SeriesDetailRow } from './series.repository.js';

/** A series with the distribution of its ratings. */
export function presentSeriesDetail(row: SeriesDetailRow): SeriesDetailDto {
  const ratings = row.histogram.map((count, index) => ({ rating: index + 1, count }));
  return { ...presentSeries(row), ratings };
}
