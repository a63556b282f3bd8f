import { presentListedSeries } from '../catalog/series-projection.js';
import { presentVolume } from '../catalog/volume-projection.js';
import type { ShelfSeriesDto } from './shelf.dto.js';
import type { ShelfRow } from './shelf.repository.js';

export function presentShelfSeries(row: ShelfRow): ShelfSeriesDto {
  const { owned, ordered, wanted, volumes, missing_count, lacking } = row;
  const missing = lacking.filter(({ is_out }) => is_out).map(presentVolume);
  const upcoming = lacking.find(({ is_out }) => !is_out);
  const next = missing[0] ?? (upcoming === undefined ? null : presentVolume(upcoming));
  return {
    ...presentListedSeries(row),
    shelf: { owned, ordered, wanted, volumes, missing, missing_count, next },
  };
}
