import { sql } from 'kysely';
import { anyOf } from '../database/expressions.js';
import { type RowOf, statement, tables } from '../database/statement.js';
import {
  type Cause,
  fieldsOf,
  type LogEntities,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { EventAction } from '../reader-log/reader-event.entity.js';
import type { FormerReadSchema } from './former-read.entity.js';
import type { ReadingEntrySchema } from './reading-entry.entity.js';
import type { ReadingStatus } from './entry-fields.js';

const db = tables<LogEntities | typeof FormerReadSchema | typeof ReadingEntrySchema>();

interface Key {
  readonly userId: string;
  readonly seriesId: number;
}

const COLUMNS = ['status', 'start', 'end', 'chapters', 'volumes', 'score', 'notes'] as const;

/** The values of a former read. */
export interface ReadValues {
  readonly status: ReadingStatus;
  readonly start: string | null;
  readonly end: string | null;
  readonly chapters: number | null;
  readonly volumes: number | null;
  readonly score: number | null;
  readonly notes: string | null;
}

/** Maximum number of former reads of an entry. */
export const MAX_READS = 200;

/** A read of which nothing is known but that it happened. */
export const UNKNOWN_READ: ReadValues = {
  status: 'completed',
  start: null,
  end: null,
  chapters: null,
  volumes: null,
  score: null,
  notes: null,
};

/** The former reads of a user: by start, as sorted dates, unknown first, then by id. */
function readsOf(userId: string) {
  return db
    .selectFrom('former_reads as r')
    .select(['r.id', 'r.status', 'r.start', 'r.end', 'r.chapters', 'r.volumes', 'r.score', 'r.notes'])
    .where('r.user_id', '=', userId)
    .orderBy(sql`rpad(r.start, 10, '-01-01') nulls first`)
    .orderBy('r.id');
}

/** The former reads of an entry. */
export const LIST_READS = statement('reading-history.list-reads', ({ userId, seriesId }: Key) =>
  readsOf(userId).where('r.series_id', '=', seriesId),
);

/** The former reads of several entries. */
export const READS_OF_SERIES = statement(
  'reading-history.reads-of-series',
  ({ userId, seriesIds }: { userId: string; seriesIds: readonly number[] }) =>
    readsOf(userId).select('r.series_id').where('r.series_id', '=', anyOf(seriesIds, 'int[]')),
);

/** A former read. */
export type ReadRow = RowOf<typeof LIST_READS>;

/** The columns of the change of a read. */
type ReadChange = Key &
  Cause & {
    /** Null for a new read, whose id is the number of the change. */
    readonly id: number | null;
    readonly before: string | null;
    readonly after: string | null;
  };

/**
 * The parts that the changes of a read have in common: the number, the entry's new version, and the event. They are
 * executed in a transaction that holds the counter.
 */
function changeRead(action: EventAction, p: ReadChange, formerReads: number) {
  return db
    .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
    .with('counter', (query) => takeNumber(query, p.userId))
    .with('entry', (query) =>
      query
        .updateTable('reading_entries as e')
        .from('counter')
        .set((eb) => ({
          version: eb.ref('counter.number'),
          former_reads: sql<number>`e.former_reads + ${sql.lit(formerReads)}`,
        }))
        .where('e.user_id', '=', p.userId)
        .where('e.series_id', '=', p.seriesId)
        .returning(['e.series_id', 'e.version']),
    )
    .with('logged', (query) =>
      writeEvent(query, p.userId, p, sql`entry`, {
        kind: 'read',
        action,
        number: sql.ref('entry.version'),
        seriesId: sql.ref('entry.series_id'),
        resourceId: sql`coalesce(${p.id}::bigint, entry.version)`,
        before: fieldsOf(p.before),
        after: fieldsOf(p.after),
      }),
    );
}

export const ADD_READ = statement('reading-history.add-read', (p: ReadChange & ReadValues) =>
  changeRead('add', p, 1)
    .insertInto('former_reads')
    .columns(['user_id', 'series_id', 'id', ...COLUMNS])
    .expression((eb) =>
      eb
        .selectFrom('entry')
        .select([sql<string>`${p.userId}`.as('user_id'), 'entry.series_id'])
        .select(sql<number>`coalesce(${p.id}::int, entry.version)`.as('id'))
        .select(COLUMNS.map((column) => sql`${p[column]}`.as(column))),
    )
    .returning('id'),
);

export const UPDATE_READ = statement('reading-history.update-read', (p: ReadChange & ReadValues) =>
  changeRead('update', p, 0)
    .updateTable('former_reads as r')
    .set(Object.fromEntries(COLUMNS.map((column) => [column, p[column]])))
    .where('r.user_id', '=', p.userId)
    .where('r.series_id', '=', p.seriesId)
    .where('r.id', '=', sql<number>`${p.id}::int`)
    .returning('r.id'),
);

export const DELETE_READ = statement('reading-history.delete-read', (p: ReadChange) =>
  changeRead('delete', p, -1)
    .deleteFrom('former_reads as r')
    .where('r.user_id', '=', p.userId)
    .where('r.series_id', '=', p.seriesId)
    .where('r.id', '=', sql<number>`${p.id}::int`)
    .returning('r.id'),
);

/** Restores the former reads of an entry whose deletion is undone. The event of the entry contains them. */
export const RESTORE_READS = statement(
  'reading-history.restore-reads',
  (p: Key & { readonly reads: string }) =>
    db
      .with('restored', (query) =>
        query
          .insertInto('former_reads')
          .columns(['user_id', 'series_id', 'id', ...COLUMNS])
          .expression(
            sql`select ${p.userId}, ${p.seriesId}::int, r.id, ${sql.join(COLUMNS.map((column) => sql.ref(`r.${column}`)))}
              from jsonb_populate_recordset(null::former_reads, ${p.reads}::jsonb) as r` as never,
          )
          .returning('id'),
      )
      .updateTable('reading_entries as e')
      .set({ former_reads: sql<number>`(select count(*) from restored)` })
      .where('e.user_id', '=', p.userId)
      .where('e.series_id', '=', p.seriesId),
);
