import type { EntryState } from './entry-statements.js';
import type { ReadRow } from './read-statements.js';
import type { ReadDto } from './reads.dto.js';

/** All reads of an entry: the former ones in their order, then the current one, which is the entry itself. */
export function presentReads(former: readonly ReadRow[], entry: EntryState): ReadDto[] {
  const current = { ...entry, id: entry.read_id };
  return [...former, current].map((read, index) => ({
    id: read.id,
    number: index + 1,
    current: read === current,
    status: read.status,
    start: read.start,
    end: read.end,
    chapters: read.chapters,
    volumes: read.volumes,
    score: read.score,
    notes: read.notes,
  }));
}
