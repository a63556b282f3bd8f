import { Injectable } from '@nestjs/common';
import { keyOf as avatarKey } from '../avatars/avatar-files.js';
import { Sql } from '../database/sql.js';
import { keyOf as photoKey } from '../photos/photo-files.js';
import type { EventRow } from '../reader-log/event-statements.js';
import {
  AVATAR,
  ENTRIES,
  type EntryRow,
  EVENTS,
  type ItemRow,
  ITEMS,
  PAGE,
  PHOTOS,
  type RatingRow,
  RATINGS,
  type ReadRow,
  READS,
} from './export-statements.js';

/** An entry and its former reads. */
export type EntryWithReads = EntryRow & { readonly reads: readonly ReadRow[] };

/** A stored picture of a user. */
export interface Picture {
  readonly kind: 'avatar' | 'photo';
  readonly id: number;
  /** The file name of the upload. */
  readonly name: string;
  readonly format: string;
  /** Null for an avatar, of which no time is stored. */
  readonly uploaded: string | null;
  /** The key in the image store. */
  readonly key: string;
}

/** Reads a user's data in pages, by ascending keys. Call it within one snapshot, `Sql.snapshot`. */
@Injectable()
export class ExportRepository {
  constructor(private readonly sql: Sql) {}

  /** The entries by series. The reads are read in pages of their own, because an entry may have many. */
  async *entries(userId: string): AsyncGenerator<EntryWithReads> {
    const reads = this.reads(userId);
    let read = await reads.next();
    for await (const entry of this.entriesOnly(userId)) {
      const own: ReadRow[] = [];
      while (!read.done && read.value.series_id <= entry.series_id) {
        if (read.value.series_id === entry.series_id) own.push(read.value);
        read = await reads.next();
      }
      yield { ...entry, reads: own };
    }
  }

  /** The entries by series, without their reads. */
  entriesOnly(userId: string): AsyncGenerator<EntryRow> {
    return pages(
      0,
      (after) => this.sql.rows(ENTRIES, { userId, after }),
      (row) => row.series_id,
    );
  }

  ratings(userId: string): AsyncGenerator<RatingRow> {
    return pages(
      0,
      (after) => this.sql.rows(RATINGS, { userId, after }),
      (row) => row.series_id,
    );
  }

  items(userId: string): AsyncGenerator<ItemRow> {
    return pages(
      0,
      (after) => this.sql.rows(ITEMS, { userId, after }),
      (row) => row.id,
    );
  }

  /** The events, oldest first. */
  events(userId: string): AsyncGenerator<EventRow> {
    return pages(
      0,
      (after) => this.sql.rows(EVENTS, { userId, after }),
      (row) => row.number,
    );
  }

  /** The avatar and the photos, each in the size of its upload. */
  async pictures(userId: string): Promise<Picture[]> {
    const avatars = await this.sql.rows(AVATAR, { userId });
    const photos = await this.sql.rows(PHOTOS, { userId });
    return [
      ...avatars.map(({ id, name, format, hash }) => {
        return {
          kind: 'avatar' as const,
          id,
          name,
          format,
          uploaded: null,
          key: avatarKey(id, hash, 'full', format),
        };
      }),
      ...photos.map(({ id, name, format, uploaded, token }) => {
        return { kind: 'photo' as const, id, name, format, uploaded, key: photoKey(token, format) };
      }),
    ];
  }

  private reads(userId: string): AsyncGenerator<ReadRow> {
    return pages(
      { after: 0, id: 0 },
      (last) => this.sql.rows(READS, { userId, ...last }),
      ({ series_id: after, id }) => ({ after, id }),
    );
  }
}

/** The rows of all pages, each of which begins after the last key of the page before. */
async function* pages<Key, Row>(
  first: Key,
  read: (after: Key) => Promise<Row[]>,
  keyOf: (row: Row) => Key,
): AsyncGenerator<Row> {
  let after = first;
  for (;;) {
    const rows = await read(after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = keyOf(last);
  }
}
