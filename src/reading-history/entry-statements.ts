import { type QueryCreator, type Selectable, sql } from 'kysely';
import type { SeriesSchema } from '../catalog/catalog.entity.js';
import { isAllowedClient } from '../reader-log/allowed-client.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { anyOf, hasRows } from '../database/expressions.js';
import { oneRow, pageQuery } from '../database/page.js';
import { type RowOf, statement, statementFamily, tables, type TablesOf } from '../database/statement.js';
import {
  type Cause,
  fieldsOf,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  writeEvent,
} from '../reader-log/log-statements.js';
import { countChange, growth, NO_GROWTH } from './activity-statements.js';
import type { DeletedEntrySchema } from './deleted-entry.entity.js';
import {
  ADDED_COLUMNS,
  ENTRY_COLUMNS,
  isVisibleToOthers,
  STATE_COLUMNS,
  WRITTEN_COLUMNS,
} from './entry-columns.js';
import { additionOf, CHANGED, UPDATE_EVENT } from './entry-events.js';
import type { FormerReadSchema } from './former-read.entity.js';
import type { ReadingCountSchema, ReadingEntrySchema } from './reading-entry.entity.js';

type Entities =
  | LogEntities
  | typeof ReadingEntrySchema
  | typeof ReadingCountSchema
  | typeof DeletedEntrySchema
  | typeof FormerReadSchema
  | typeof SeriesSchema;
type Tables = TablesOf<Entities>;
type Entry = Tables['reading_entries'];

const db = tables<Entities>();

/** The position of the only row of a page. */
const POSITION = sql<number>`1`.as('position');

interface Key {
  readonly userId: string;
  readonly seriesId: number;
}

export type Written = Pick<Selectable<Entry>, (typeof WRITTEN_COLUMNS)[number]>;

export const FIND = statement('reading-history.find', ({ userId, seriesId }: Key) =>
  db
    .selectFrom('reading_entries as e')
    .select(ENTRY_COLUMNS)
    .where('e.user_id', '=', userId)
    .where('e.series_id', '=', seriesId),
);

/** A row of `ENTRY_COLUMNS`. */
export type EntryRow = RowOf<typeof FIND>;

export const SERIES_EXISTS = statement(
  'reading-history.series-exists',
  ({ seriesId }: { seriesId: number }) => db.selectFrom('series').select('id').where('id', '=', seriesId),
);

/** The entry of a series that a change starts from, and whether the change's client and series are known. */
export const FIND_STATE = statement('reading-history.find-state', (p: Key & { readonly client: number }) =>
  pageQuery(
    oneRow(db),
    (eb) => ({
      client_known: isEnabledClient(p.client),
      series_known: hasRows(eb.selectFrom('series').select('id').where('id', '=', p.seriesId)),
    }),
    () =>
      db
        .selectFrom('reading_entries as e')
        .select(STATE_COLUMNS)
        .select(POSITION)
        .where('e.user_id', '=', p.userId)
        .where('e.series_id', '=', p.seriesId),
  ),
);

/** The user's entries of several series. */
export const STATES = statement(
  'reading-history.states',
  ({ userId, seriesIds }: { userId: string; seriesIds: readonly number[] }) =>
    db
      .selectFrom('reading_entries as e')
      .select(STATE_COLUMNS)
      .where('e.user_id', '=', userId)
      .where('e.series_id', '=', anyOf(seriesIds, 'int[]')),
);

/** A row of `STATE_COLUMNS`. */
export type EntryState = RowOf<typeof STATES>;

export const KNOWN_SERIES = statement(
  'reading-history.known-series',
  ({ seriesIds }: { seriesIds: readonly number[] }) =>
    db.selectFrom('series').select('id').where('id', '=', anyOf(seriesIds, 'int[]')),
);

/** An entry's values, and those that the database sets unless an undo restores them. */
export type Added = Written & {
  readonly created: string | null;
  readonly read_id: number | null;
  /** The fields of the event, as JSON. */
  readonly after: string;
  /** Whether the counters of the new entry count as read on the day. */
  readonly isProgress: boolean;
};

const ADDED = growth(null, 'written');

export const ADD = statement('reading-history.add', (p: Key & Added & Cause) =>
  pageQuery(
    oneRow(
      db
        .with('target', (query) =>
          query.selectNoFrom((eb) => [
            isAllowedClient(p.client_id, p).as('client_known'),
            hasRows(eb.selectFrom('series').select('id').where('id', '=', p.seriesId)).as('series_known'),
          ]),
        )
        .with('counter', (query) => takeNumber(query, p.userId, sql`client_known and series_known`))
        .with('written', (query) =>
          query
            .insertInto('reading_entries')
            .columns(ADDED_COLUMNS)
            .expression((eb) =>
              eb
                .selectFrom('counter')
                .innerJoin('series as s', (join) => join.on('s.id', '=', p.seriesId))
                .select([sql<string>`${p.userId}`.as('user_id'), 's.id'])
                .select(WRITTEN_COLUMNS.map((column) => sql`${p[column]}`.as(column)))
                .select((series) => [
                  sql<string>`coalesce(${p.created}::timestamptz, statement_timestamp())`.as('created'),
                  sql<string>`statement_timestamp()`.as('last_update'),
                  'counter.number',
                  sql<number>`coalesce(${p.read_id}::int, counter.number)`.as('read_id'),
                  's.name',
                  series.fn.coalesce('s.client_id', sql.lit(0)).as('series_client'),
                ]),
            )
            .onConflict((conflict) => conflict.columns(['user_id', 'series_id']).doNothing())
            .returningAll(),
        )
        .with('revived', (query) => deleteTombstones(query, p.userId))
        .with('active', (query) =>
          countChange(query, p.userId, p, sql`written`, sql`written.series_client`, {
            chapters: sql<number>`case when ${p.isProgress}::boolean then ${ADDED.chapters} else 0 end`,
            volumes: sql<number>`case when ${p.isProgress}::boolean then ${ADDED.volumes} else 0 end`,
          }),
        )
        .with('logged', (query) =>
          writeEvent(query, p.userId, p, sql`written`, additionOf(fieldsOf(p.after))),
        ),
    ),
    (eb) => ({
      client_known: eb.selectFrom('target').select('client_known'),
      series_known: eb.selectFrom('target').select('series_known'),
    }),
    () => written(),
  ),
);

/** The conditions of an update. */
interface UpdateVariant {
  /** Whether the entry must have one of the given versions. */
  readonly ifVersion: boolean;
}

/** An entry's new values. */
export type Updated = Written & {
  /** Whether the counter that `progress_type` does not name keeps its value; else it becomes `other_progress`. */
  readonly keepsOther: boolean;
  readonly versions: readonly number[];
};

/**
 * Replaces an entry. The row is locked after the counter and before it is read, so that the event has the values that
 * this statement replaces.
 */
export const UPDATE = statementFamily(
  'reading-history.update',
  ({ ifVersion }: UpdateVariant, p: Key & Updated & Cause) =>
    pageQuery(
      oneRow(
        db
          .with('target', (query) => query.selectNoFrom(isAllowedClient(p.client_id, p).as('client_known')))
          .with('counter', (query) => takeNumber(query, p.userId, sql`client_known`))
          .with('held', (query) => holdEntry(query as never, p, ifVersion ? p.versions : null))
          .with('written', (query) =>
            query
              .updateTable('reading_entries as r')
              .from('held')
              .set({
                ...Object.fromEntries(WRITTEN_COLUMNS.map((column) => [column, p[column]])),
                other_progress: sql<number | null>`case when not ${p.keepsOther}::boolean
                  then ${p.other_progress}::numeric
                  when held.progress_type = ${p.progress_type}::progress_type then held.other_progress
                  else held.progress end`,
                last_update: sql<string>`clock_timestamp()`,
                version: sql<number>`held.number`,
              })
              .where('r.user_id', '=', p.userId)
              .where('r.series_id', '=', p.seriesId)
              .returningAll('r'),
          )
          .with('active', (query) =>
            countChange(
              query,
              p.userId,
              p,
              sql`written cross join held`,
              sql`written.series_client`,
              growth('held', 'written'),
            ),
          )
          .with('logged', (query) =>
            writeEvent(
              query,
              p.userId,
              p,
              sql`written cross join held cross join lateral ${CHANGED}`,
              UPDATE_EVENT,
            ),
          ),
      ),
      (eb) => ({ client_known: eb.selectFrom('target').select('client_known') }),
      () => written(),
    ),
);

/** The entry's row, locked after the counter. */
function holdEntry(
  query: QueryCreator<Tables & { counter: { number: number } }>,
  p: Key,
  versions: readonly number[] | null,
) {
  return query
    .selectFrom('counter')
    .innerJoin('reading_entries as e', (join) =>
      join.on('e.user_id', '=', p.userId).on('e.series_id', '=', p.seriesId),
    )
    .selectAll('e')
    .select('counter.number')
    .$if(versions !== null, (some) => some.where('e.version', '=', anyOf(versions ?? [], 'int[]')))
    .forNoKeyUpdate('e');
}

/** Deletes the tombstones of the entries that the statement has written. */
export function deleteTombstones<DB extends { written: { series_id: unknown } }>(
  query: QueryCreator<DB>,
  userId: string,
) {
  return (query as unknown as QueryCreator<Tables & { written: Entry }>)
    .deleteFrom('deleted_entries as d')
    .using('written')
    .where('d.user_id', '=', userId)
    .whereRef('d.series_id', '=', 'written.series_id');
}

/** The entry that the statement has written. */
function written() {
  return db
    .withTables<{ written: Entry }>()
    .selectFrom('written as e')
    .select(STATE_COLUMNS)
    .select(POSITION);
}

/** Deletes an entry in a transaction that holds the counter, and leaves a tombstone. */
export const DELETE = statement('reading-history.delete', (p: Key & Cause & { readonly before: string }) =>
  db
    .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
    .with('counter', (query) => takeNumber(query, p.userId))
    .with('written', (query) =>
      query
        .deleteFrom('reading_entries as e')
        .using('counter')
        .where('e.user_id', '=', p.userId)
        .where('e.series_id', '=', p.seriesId)
        .returning(['e.series_id', 'e.series_client', 'counter.number']),
    )
    .with('active', (query) =>
      countChange(query, p.userId, p, sql`written`, sql`written.series_client`, NO_GROWTH),
    )
    .with('reads', (query) =>
      query
        .deleteFrom('former_reads as r')
        .using('written')
        .where('r.user_id', '=', p.userId)
        .whereRef('r.series_id', '=', 'written.series_id'),
    )
    .with('tombstone', (query) =>
      query
        .insertInto('deleted_entries')
        .columns(['user_id', 'series_id', 'version'])
        .expression((eb) =>
          eb.selectFrom('written').select([sql<string>`${p.userId}`.as('user_id'), 'series_id', 'number']),
        )
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'series_id']).doUpdateSet((eb) => ({
            version: eb.ref('excluded.version'),
            at: eb.ref('excluded.at'),
          })),
        ),
    )
    .with('logged', (query) =>
      writeEvent(query, p.userId, p, sql`written`, {
        kind: 'entry',
        action: 'delete',
        number: sql.ref('written.number'),
        seriesId: sql.ref('written.series_id'),
        before: fieldsOf(p.before),
        after: NO_FIELDS,
      }),
    )
    .selectFrom('written')
    .select('number'),
);

export const DELETE_TOMBSTONES = statement(
  'reading-history.delete-tombstones',
  ({ userId }: { userId: string }) => db.deleteFrom('deleted_entries').where('user_id', '=', userId),
);

export const PUBLIC_COUNTS = statement('reading-history.public-counts', ({ userId }: { userId: string }) =>
  db
    .selectFrom('reading_counts as c')
    .select((eb) => ['c.status', sql<number>`${eb.fn.sum('c.total')}::int`.as('count')])
    .where('c.user_id', '=', userId)
    .where(isVisibleToOthers('c'))
    .groupBy('c.status'),
);
