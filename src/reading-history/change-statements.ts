import { sql } from 'kysely';
import { ONE_ROW, pageQuery } from '../database/page.js';
import { statement, statementFamily, tables } from '../database/statement.js';
import type { ReaderCounterSchema } from '../reader-log/reader-counter.entity.js';
import type { DeletedEntrySchema } from './deleted-entry.entity.js';
import { ENTRY_COLUMNS } from './entry-columns.js';
import type { ReadingEntrySchema } from './reading-entry.entity.js';

const db = tables<typeof ReaderCounterSchema | typeof DeletedEntrySchema | typeof ReadingEntrySchema>();

/** A deleted series. */
export interface Tombstone {
  readonly series_id: number;
  readonly version: number;
}

interface Parameters {
  readonly userId: string;
  /** The version after which changes are returned. */
  readonly after: number;
  readonly limit: number;
}

/** Milliseconds since 1970 when the statement began. */
const NOW = sql<number>`floor(extract(epoch from statement_timestamp()) * 1000)::bigint`;

/** The epoch of the installation: see `installation`. */
const EPOCH = sql<string | null>`(select epoch from installation)`;

/** The last number of a reader, the time and the epoch. A page without changes costs no more than this. */
export const LAST_NUMBER = statement('reading-history.last-number', ({ userId }: { userId: string }) =>
  ONE_ROW.select([
    sql<
      number | null
    >`(${db.selectFrom('reader_counters as c').select('c.number').where('c.user_id', '=', userId)})`.as(
      'number',
    ),
    NOW.as('at'),
    EPOCH.as('epoch'),
  ]),
);

/**
 * The entries that have changed after a version, in the order of their versions, and the deletions. One statement and
 * therefore one snapshot: since the counter is locked until the commit, a snapshot with a number has all earlier ones.
 */
export const CHANGES = statementFamily(
  'reading-history.changes',
  ({ deletions }: { deletions: boolean }, p: Parameters) => {
    const tombstones = db
      .selectFrom('deleted_entries as d')
      .select(['d.series_id', 'd.version'])
      .where('d.user_id', '=', p.userId)
      .where('d.version', '>', p.after)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('reading_entries as r')
              .select('r.version')
              .where('r.user_id', '=', p.userId)
              .whereRef('r.series_id', '=', 'd.series_id'),
          ),
        ),
      )
      .orderBy('d.version')
      .limit(p.limit);
    return pageQuery(
      ONE_ROW,
      () => ({
        number: db.selectFrom('reader_counters as c').select('c.number').where('c.user_id', '=', p.userId),
        at: NOW,
        epoch: EPOCH,
        deleted: deletions
          ? sql<Tombstone[] | null>`(select jsonb_agg(t) from (${tombstones}) as t)`
          : sql<Tombstone[] | null>`null::jsonb`,
      }),
      () =>
        db
          .selectFrom('reading_entries as e')
          .select(ENTRY_COLUMNS)
          .select('e.version as position')
          .where('e.user_id', '=', p.userId)
          .where('e.version', '>', p.after)
          .orderBy('e.version')
          .limit(p.limit),
    );
  },
);

// A day longer than cursors live, so that a page never lacks a tombstone that its cursor may need.
export const DELETE_OLD_TOMBSTONES = statement(
  'reading-history.delete-old-tombstones',
  ({ limit }: { limit: number }) =>
    db
      .deleteFrom('deleted_entries')
      .where(
        sql<string>`ctid`,
        '=',
        sql<string>`any(array(select ctid from deleted_entries
          where at < clock_timestamp() - interval '91 days' limit ${limit} for update skip locked))`,
      )
      .returning('version'),
);
