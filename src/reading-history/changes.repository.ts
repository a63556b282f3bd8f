import { Injectable } from '@nestjs/common';
import { Sql } from '../database/sql.js';
import { CHANGES, DELETE_OLD_TOMBSTONES, LAST_NUMBER, type Tombstone } from './change-statements.js';
import type { EntryRow } from './entry-statements.js';

/** Up to `limit` changed entries and up to `limit` deletions, each in the order of versions. */
interface ChangedEntries {
  readonly entries: readonly EntryRow[];
  readonly deleted: readonly Tombstone[];
  /** The last number of the reader. */
  readonly number: number;
  /** The time of the snapshot in milliseconds since 1970. */
  readonly at: number;
  /** The epoch of the installation; null before its first restore. */
  readonly epoch: string | null;
}

@Injectable()
export class ChangesRepository {
  constructor(private readonly sql: Sql) {}

  /** The last number of the reader, null if nothing was ever changed; the time and the epoch. */
  async lastNumber(
    userId: string,
  ): Promise<Pick<ChangedEntries, 'at' | 'epoch'> & { readonly number: number | null }> {
    return (await this.sql.row(LAST_NUMBER, { userId })) ?? { number: null, at: 0, epoch: null };
  }

  /** @param deletions whether deletions are returned too */
  async page(userId: string, after: number, limit: number, deletions: boolean): Promise<ChangedEntries> {
    const { header, rows } = await this.sql.page(CHANGES.of({ deletions }), { userId, after, limit });
    return {
      entries: rows,
      deleted: header?.deleted ?? [],
      number: header?.number ?? 0,
      at: header?.at ?? 0,
      epoch: header?.epoch ?? null,
    };
  }

  /** Deletes up to `limit` tombstones that are older than 90 days. @returns how many */
  async deleteOldTombstones(limit: number): Promise<number> {
    return (await this.sql.rows(DELETE_OLD_TOMBSTONES, { limit })).length;
  }
}
