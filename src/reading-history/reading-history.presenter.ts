import { presentListedSeries } from '../catalog/series-projection.js';
import { presentRating } from '../ratings/ratings.presenter.js';
import type { HistoryRow } from './history-page.js';
import type { EntryRow } from './entry-statements.js';
import type { HistorySeriesDto, PublicHistorySeriesDto } from './reading-history.dto.js';
import type { ReadingEntryDto } from './reading-entry.dto.js';

/** An entry with all fields, for its owner. */
export function presentEntry(row: EntryRow): ReadingEntryDto {
  return {
    user_id: row.user_id,
    series_id: row.series_id,
    visibility: row.visibility,
    progress_type: row.progress_type,
    progress: row.progress,
    chapters: row.chapters,
    volumes: row.volumes,
    status: row.status,
    reread: row.reread,
    score: row.score,
    priority: row.priority,
    start: row.start,
    end: row.end,
    notes: row.notes,
    client: row.entry_client,
    last_update: row.last_update,
    created: row.created,
    version: row.version,
  };
}

/** A series with the user's entry and rating, for this user. */
export function presentHistorySeries(row: HistoryRow): HistorySeriesDto {
  return {
    ...presentListedSeries(row),
    'reading-history': presentEntry(row),
    rating: presentRating(row.rating, row.user_id, row.series_id),
  };
}

/** A series with the user's public entry, without notes, version and rating. */
export function presentPublicSeries(row: HistoryRow): PublicHistorySeriesDto {
  const { notes: _notes, version: _version, ...entry } = presentEntry(row);
  return { ...presentListedSeries(row), 'reading-history': entry };
}
