import type { EntryRow } from './export-statements.js';

const COLUMNS = {
  series_id: (row) => row.series_id,
  external_id: (row) => row.series_external_id,
  mal: (row) => row.series_links.mal,
  anilist: (row) => row.series_links.anilist,
  title: (row) => row.series_name,
  type: (row) => row.series_type,
  status: (row) => row.status,
  visibility: (row) => row.visibility,
  priority: (row) => row.priority,
  progress_type: (row) => row.progress_type,
  chapters: (row) => row.chapters,
  volumes: (row) => row.volumes,
  reread: (row) => row.reread,
  score: (row) => row.score,
  rating: (row) => row.rating,
  start: (row) => row.start,
  end: (row) => row.end,
  notes: (row) => row.notes,
} as const satisfies Record<string, (row: EntryRow) => string | number | null>;

/** The entries as CSV (RFC 4180). */
export async function* csvOf(rows: AsyncIterable<EntryRow>): AsyncGenerator<string> {
  yield line(Object.keys(COLUMNS));
  for await (const row of rows) yield line(Object.values(COLUMNS).map((valueOf) => valueOf(row)));
}

function line(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/**
 * Spreadsheets take a cell that begins with one of these characters for a formula, and execute it. A cell with
 * apostrophes before them gets one more, so that the import, which removes one, restores the text.
 */
const FORMULA = /^'*[=+\-@\t\r]/;

function cell(value: string | number | null): string {
  const text = String(value ?? '');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
