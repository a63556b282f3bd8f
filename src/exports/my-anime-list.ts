import type { EntryRow } from './export-statements.js';

const STATUSES = {
  planned: 'Plan to Read',
  started: 'Reading',
  completed: 'Completed',
  paused: 'On-Hold',
  dropped: 'Dropped',
} as const;
const PRIORITIES = { low: 'Low', mid: 'Medium', high: 'High' } as const;

/** Characters that XML 1.0 does not have. */
// oxlint-disable-next-line no-control-regex
const INVALID = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/**
 * The entries in the format of MyAnimeList's export, which MyAnimeList imports: whole counters and scores, dates with
 * zeros for unknown parts. An entry whose series has no id there cannot be imported, and is only counted.
 */
export async function* myAnimeListOf(
  username: string,
  rows: AsyncIterable<EntryRow>,
): AsyncGenerator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<myanimelist>\n';
  yield block('myinfo', { user_name: data(username), user_export_type: 2 });
  let leftOut = 0;
  for await (const row of rows) {
    if (/^[1-9]\d*$/.test(row.series_links.mal ?? '')) yield block('manga', elementsOf(row));
    else leftOut++;
  }
  yield `  <!-- Entries that were left out because their series has no MyAnimeList id: ${leftOut} -->\n`;
  yield '</myanimelist>\n';
}

function elementsOf(row: EntryRow): Record<string, string | number> {
  return {
    manga_mangadb_id: row.series_links.mal ?? '',
    manga_title: data(row.series_name),
    my_read_volumes: Math.trunc(row.volumes ?? 0),
    my_read_chapters: Math.trunc(row.chapters ?? 0),
    my_start_date: fullDate(row.start),
    my_finish_date: fullDate(row.end),
    my_score: Math.round(row.score ?? 0),
    my_status: STATUSES[row.status],
    my_comments: data(row.notes ?? ''),
    my_times_read: row.reread,
    my_priority: PRIORITIES[row.priority],
    update_on_import: 1,
  };
}

function block(name: string, elements: Readonly<Record<string, string | number>>): string {
  const lines = Object.entries(elements).map(([tag, content]) => `    <${tag}>${content}</${tag}>\n`);
  return `  <${name}>\n${lines.join('')}  </${name}>\n`;
}

/** A date of reduced precision, with zeros for the unknown parts. */
function fullDate(date: string | null): string {
  return `${date ?? '0000'}-00-00`.slice(0, 10);
}

/** A text as a CDATA section; one that contains the end of a section is divided into two. */
function data(text: string): string {
  return `<![CDATA[${text.replaceAll(INVALID, '').replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
