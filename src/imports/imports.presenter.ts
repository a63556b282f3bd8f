import type { ImportData } from './import-statements.js';
import type { ImportDto, ImportRowDto } from './imports.dto.js';
import { ROW_OUTCOMES } from './imports.entity.js';
import type { RowData } from './row-statements.js';

export function presentImport(data: ImportData): ImportDto {
  const counts = ROW_OUTCOMES.map((outcome) => [outcome, data.counts[outcome] ?? 0]);
  return {
    id: data.id,
    state: data.state,
    format: data.format,
    strategy: data.strategy,
    created: data.created,
    expires: data.expires,
    progress: { done: data.done, total: data.row_total },
    counts: Object.fromEntries(counts) as ImportDto['counts'],
    error: data.error_message === null ? null : { message: data.error_message, line: data.error_line },
  };
}

export function presentRow(row: RowData): ImportRowDto {
  const { title, ids, isbn } = row.content.source;
  const isUndecided = row.outcome === null || row.outcome === 'ask' || row.outcome === 'refuse';
  return {
    number: row.number,
    source: { title, ids: { ...ids }, isbn },
    outcome: row.outcome ?? 'ask',
    reason: row.reason,
    candidates: row.candidates.map(({ series_id, name, confidence }) => ({ series_id, name, confidence })),
    // Rows of settings are about series 0.
    series_id: isUndecided ? null : row.series_id || null,
    before: row.before,
    after: row.after,
  };
}
