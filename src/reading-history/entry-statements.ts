import { type Selectable, sql } from 'kysely';
import type { SeriesSchema } from '../catalog/catalog.entity.js';
import { isEnabledClient } from '../clients/client-filter.js';
import { type RowOf, statement, tables, type TablesOf } from '../database/statement.js';
import { ENTRY_COLUMNS, isVisibleToOthers, WRITTEN_COLUMNS } from './entry-columns.js';
import type { ReadingCountSchema, ReadingEntrySchema } from './reading-entry.entity.js';

type Entities = typeof ReadingEntrySchema | typeof ReadingCountSchema | typeof SeriesSchema;
type Entry = TablesOf<Entities>['reading_entries'];

const db = tables<Entities>();

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

export const ADD = statement('reading-history.add', (p: Key & Written) =>
  db
    .with('target', (query) =>
      query.selectNoFrom((eb) => [
        isEnabledClient(p.client_id).as('client_known'),
        eb.exists(eb.selectFrom('series').select('id').where('id', '=', p.seriesId)).as('series_known'),
      ]),
    )
    .with('written', (query) =>
      query
        .insertInto('reading_entries')
        .columns(['user_id', 'series_id', ...WRITTEN_COLUMNS, 'series_name', 'series_client'])
        .expression((eb) =>
          eb
            .selectFrom('target')
            .innerJoin('series as s', (join) => join.on('s.id', '=', p.seriesId))
            .select([sql<string>`${p.userId}`.as('user_id'), 's.id'])
            .select(WRITTEN_COLUMNS.map((column) => sql`${p[column]}`.as(column)))
            .select((series) => ['s.name', series.fn.coalesce('s.client_id', sql.lit(0)).as('series_client')])
            .where('client_known', '=', sql.lit(true)),
        )
        .onConflict((conflict) => conflict.columns(['user_id', 'series_id']).doNothing())
        .returning('series_id'),
    )
    .selectFrom('target')
    .select((eb) => [
      'client_known',
      'series_known',
      eb.exists(eb.selectFrom('written').select('series_id')).as('written'),
    ]),
);

export const UPDATE = statement('reading-history.update', (p: Key & Written) =>
  db
    .with('target', (query) => query.selectNoFrom(isEnabledClient(p.client_id).as('client_known')))
    .with('written', (query) =>
      query
        .updateTable('reading_entries')
        .from('target')
        .set(Object.fromEntries(WRITTEN_COLUMNS.map((column) => [column, p[column]])))
        .set('last_update', sql<string>`clock_timestamp()`)
        .where('client_known', '=', sql.lit(true))
        .where('user_id', '=', p.userId)
        .where('series_id', '=', p.seriesId)
        .returning('series_id'),
    )
    .selectFrom('target')
    .select((eb) => ['client_known', eb.exists(eb.selectFrom('written').select('series_id')).as('written')]),
);

export const DELETE = statement('reading-history.delete', ({ userId, seriesId }: Key) =>
  db
    .deleteFrom('reading_entries')
    .where('user_id', '=', userId)
    .where('series_id', '=', seriesId)
    .returning('series_id'),
);

export const PUBLIC_COUNTS = statement('reading-history.public-counts', ({ userId }: { userId: string }) =>
  db
    .selectFrom('reading_counts as c')
    .select((eb) => ['c.status', sql<number>`${eb.fn.sum('c.total')}::int`.as('count')])
    .where('c.user_id', '=', userId)
    .where(isVisibleToOthers('c'))
    .groupBy('c.status'),
);
