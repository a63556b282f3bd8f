import { Injectable, type OnModuleInit } from '@nestjs/common';
import { badRequest, invalid } from '../http/problems.js';
import { OldRows } from '../jobs/old-rows.js';
import { ChangesCursor, type Cursor, type Position } from './changes-cursor.js';
import { ChangesRepository } from './changes.repository.js';
import { cursorExpired } from './changes.errors.js';
import type { ChangesPageDto, ChangesQuery, EntryChangeDto } from './changes.dto.js';
import { presentEntry } from './reading-history.presenter.js';

/** Milliseconds for which deletions are reported. */
const RETENTION = 90 * 24 * 60 * 60 * 1000;

/** The changes of a reader's entries since a position. */
@Injectable()
export class ChangesService implements OnModuleInit {
  constructor(
    private readonly changes: ChangesRepository,
    private readonly cursors: ChangesCursor,
    private readonly oldRows: OldRows,
  ) {}

  onModuleInit(): void {
    this.oldRows.register((limit) => this.changes.deleteOldTombstones(limit));
  }

  /** A page of changes. @throws invalidParameters, cursorExpired */
  async list(userId: string, { cursor, limit }: ChangesQuery): Promise<ChangesPageDto> {
    const start = cursor === undefined ? null : this.cursors.read(cursor);
    if (start === null && cursor !== undefined) throw notACursor();
    const unchanged = start && (await this.unchangedSince(userId, start));
    if (unchanged) return { changes: [], cursor: unchanged, more: false };
    const page = await this.changes.page(userId, start?.after ?? 0, limit + 1, start !== null);
    if (start !== null && page.at - start.since > RETENTION) throw cursorExpired();
    const found: EntryChangeDto[] = [
      ...page.entries.map((entry) => ({
        series_id: entry.series_id,
        version: entry.version,
        deleted: false,
        entry: presentEntry(entry),
      })),
      ...page.deleted.map(({ series_id, version }) => ({ series_id, version, deleted: true, entry: null })),
    ].toSorted((one, other) => one.version - other.version);
    const shown = found.slice(0, limit);
    const more = found.length > limit;
    // Further pages of this run keep the time at which it began.
    const next: Position = more
      ? { after: shown.at(-1)?.version ?? 0, since: start?.since ?? page.at }
      : { after: page.number, since: page.at };
    return { changes: shown, cursor: this.cursors.write(userId, next, page.epoch), more };
  }

  /**
   * The next cursor of a reader whose data was not changed since one; null if it was.
   *
   * @throws invalidParameters, cursorExpired
   */
  private async unchangedSince(userId: string, start: Cursor): Promise<string | null> {
    const { number, at, epoch } = await this.changes.lastNumber(userId);
    // A restored installation may have another key, with which earlier cursors cannot be verified.
    if (start.epoch !== epoch) throw cursorExpired();
    if (!start.isGenuine(userId)) throw notACursor();
    if (number === null || number > start.after) return null;
    if (at - start.since > RETENTION) throw cursorExpired();
    return this.cursors.write(userId, { after: number, since: at }, epoch);
  }
}

function notACursor() {
  return badRequest([invalid('cursor', 'is not one of your cursors')]);
}
