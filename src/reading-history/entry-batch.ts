import type { EntryState } from './entry-statements.js';
import type { BatchOrigin, EntryChange } from './entry-change.js';
import type { ReadRow } from './read-statements.js';
import type { ReadingEntryRepository } from './reading-entry.repository.js';

/**
 * The changes of a bulk that are not written yet, at most one of each entry. They are written together, because a
 * statement for each of them costs ten times as much. The transaction must hold the reader's counter.
 */
export class EntryBatch {
  private readonly changes = new Map<number, EntryChange>();
  /** The number of the last change that is written. */
  private written: number;

  /** @param last the number of the reader's last change */
  constructor(
    private readonly entries: ReadingEntryRepository,
    private readonly origin: BatchOrigin,
    private last: number,
  ) {
    this.written = last;
  }

  /** Whether a change of the series' entry is not written yet: then the stored entry is not the current one. */
  has(seriesId: number): boolean {
    return this.changes.has(seriesId);
  }

  /** Adds a change of an entry that the batch does not have. @returns the number of the change */
  push(change: Omit<EntryChange, 'number'>): number {
    const number = ++this.last;
    this.changes.set(change.seriesId, { ...change, number });
    return number;
  }

  /** Writes the changes. @returns the entries; null if the client is unknown by now */
  async write(): Promise<EntryState[] | null> {
    const changes = [...this.changes.values()];
    this.changes.clear();
    const entries: EntryState[] = [];
    for (const isNew of [true, false]) {
      const some = changes.filter((change) => change.isNew === isNew);
      if (some.length === 0) continue;
      const range = { before: this.written, last: this.last };
      const rows = await this.entries.writeBatch(this.origin, some, { ...range, isNew });
      if (rows.length < some.length) return null;
      entries.push(...rows);
      this.written = this.last;
    }
    return entries;
  }

  /** Deletes an entry, when all changes are written. */
  async delete(state: EntryState, former: readonly ReadRow[]): Promise<void> {
    await this.entries.delete(state, former, this.origin.cause);
    this.written = ++this.last;
  }
}
