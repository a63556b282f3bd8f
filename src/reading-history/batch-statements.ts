import { type QueryCreator, sql } from 'kysely';
import type { SeriesSchema } from '../catalog/catalog.entity.js';
import { recordsOf } from '../database/expressions.js';
import { statement, tables, type TablesOf } from '../database/statement.js';
import { isAllowedClient } from '../reader-log/allowed-client.js';
import { type Cause, type LogEntities, writeEvent } from '../reader-log/log-statements.js';
import { countChanges, growth } from './activity-statements.js';
import { ADDED_COLUMNS, STATE_COLUMNS, WRITTEN_COLUMNS } from './entry-columns.js';
import { additionOf, CHANGED, UPDATE_EVENT } from './entry-events.js';
import { deleteTombstones, type Written } from './entry-statements.js';
import type { ReadingEntrySchema } from './reading-entry.entity.js';

const db = tables<LogEntities | typeof ReadingEntrySchema | typeof SeriesSchema>();

/** Changes of different entries that are written by one statement, in a transaction that holds the counter. */
export interface Batch {
  readonly userId: string;
  /** The client of all entries. */
  readonly client: number;
  /** The number of the reader's last change before the batch. */
  readonly before: number;
  /** The number of the last item. */
  readonly last: number;
  /** JSON array of `BatchItem`; those of added entries also have `after` and `is_progress`, as `ADD` has. */
  readonly items: string;
}

/** The new values of an entry. */
export interface BatchItem extends Written {
  readonly series_id: number;
  /** The number of the change. */
  readonly number: number;
}

const ITEM = {
  series_id: 'int',
  number: 'int',
  visibility: 'visibility',
  progress_type: 'progress_type',
  progress: 'numeric(7,2)',
  other_progress: 'numeric(7,2)',
  status: 'reading_status',
  reread: 'smallint',
  score: 'numeric(3,1)',
  priority: 'priority',
  start: 'text',
  end: 'text',
  notes: 'text',
  client_id: 'int',
} as const satisfies Record<keyof BatchItem, string>;

/** The start of a batch: its items, and the counter, which has the number of the last item from then on. */
function withItems<Columns extends Record<string, string>>(p: Batch & Cause, columns: Columns) {
  return db
    .with('item', (query) => query.selectFrom(recordsOf(sql`${p.items}::jsonb`, 'i', columns)).selectAll('i'))
    .with('counter', (query) =>
      query
        .updateTable('reader_counters as c')
        .set({ number: p.last })
        .where('c.user_id', '=', p.userId)
        .where('c.number', '=', p.before)
        .where(isAllowedClient(p.client, p))
        .returning('c.number'),
    );
}

/** Adds entries. No row is written if the client is unknown. */
export const ADD_BATCH = statement('reading-history.add-batch', (p: Batch & Cause) => {
  const added = growth(null, 'written');
  const ofProgress = (grown: typeof added.chapters) =>
    sql<number>`case when item.is_progress then ${grown} else 0 end`;
  return withItems(p, { ...ITEM, after: 'jsonb', is_progress: 'boolean' })
    .with('written', (query) =>
      query
        .insertInto('reading_entries')
        .columns(ADDED_COLUMNS)
        .expression(
          (eb) =>
            eb
              .selectFrom('counter')
              .innerJoin('item', (join) => join.onTrue())
              .innerJoin('series as s', (join) => join.onRef('s.id', '=', sql.ref('item.series_id')))
              .select([sql<string>`${p.userId}`.as('user_id'), 's.id'])
              .select(WRITTEN_COLUMNS.map((column) => sql.ref(`item.${column}`).as(column)))
              .select((series) => [
                sql<string>`statement_timestamp()`.as('created'),
                sql<string>`statement_timestamp()`.as('last_update'),
                sql.ref('item.number').as('number'),
                sql.ref('item.number').as('read_id'),
                's.name',
                series.fn.coalesce('s.client_id', sql.lit(0)).as('series_client'),
              ]) as never,
        )
        .returningAll(),
    )
    .with('revived', (query) => deleteTombstones(query, p.userId))
    .with('active', (query) =>
      countChanges(query, p.userId, p, sql`written join item using (series_id)`, sql`written.series_client`, {
        chapters: ofProgress(added.chapters),
        volumes: ofProgress(added.volumes),
      }),
    )
    .with('logged', (query) =>
      writeEvent(query, p.userId, p, sql`written join item using (series_id)`, additionOf(sql`item.after`)),
    )
    .selectFrom('written as e')
    .select(STATE_COLUMNS);
});

/** Replaces entries. No row is written if the client is unknown. */
export const UPDATE_BATCH = statement('reading-history.update-batch', (p: Batch & Cause) =>
  withItems(p, ITEM)
    .with('held', (query) =>
      query
        .selectFrom('counter')
        .innerJoin('item', (join) => join.onTrue())
        .innerJoin('reading_entries as e', (join) =>
          join.on('e.user_id', '=', p.userId).onRef('e.series_id', '=', sql.ref('item.series_id')),
        )
        .selectAll('e')
        .forNoKeyUpdate('e'),
    )
    .with('written', (query) =>
      (query as unknown as QueryCreator<TablesOf<typeof ReadingEntrySchema>>)
        .updateTable('reading_entries as r')
        .from(sql`held join item using (series_id)` as never)
        .set({
          ...Object.fromEntries(WRITTEN_COLUMNS.map((column) => [column, sql.ref(`item.${column}`)])),
          last_update: sql<string>`clock_timestamp()`,
          version: sql<number>`item.number`,
        } as never)
        .where('r.user_id', '=', p.userId)
        .whereRef('r.series_id', '=', sql.ref('held.series_id'))
        .returningAll('r'),
    )
    .with('active', (query) =>
      countChanges(
        query,
        p.userId,
        p,
        sql`written join held using (series_id)`,
        sql`written.series_client`,
        growth('held', 'written'),
      ),
    )
    .with('logged', (query) =>
      writeEvent(
        query,
        p.userId,
        p,
        sql`written join held using (series_id) cross join lateral ${CHANGED}`,
        UPDATE_EVENT,
      ),
    )
    .selectFrom('written as e')
    .select(STATE_COLUMNS),
);
