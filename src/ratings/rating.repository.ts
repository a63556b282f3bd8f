import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { anyOf } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, statementFamily, tables } from '../database/statement.js';
import { averageRating } from '../catalog/series-ratings.js';
import type { SeriesSchema } from '../catalog/catalog.entity.js';
import type { RatingTotalSchema } from '../catalog/read-model.entity.js';
import {
  type Cause,
  fields,
  type LogEntities,
  NO_FIELDS,
  takeNumber,
  isLogged,
  writeEvent,
} from '../reader-log/log-statements.js';
import type { RatingSchema } from './rating.entity.js';
import { FOLD_SHARDS, withCounters, withSummedCounters } from './rating-counters.js';

const db = tables<LogEntities | typeof RatingSchema | typeof RatingTotalSchema | typeof SeriesSchema>();

interface Key {
  userId: string;
  seriesId: number;
}

/** The changed rating and its number. */
const CHANGE = sql`written cross join counter`;

/** Whether the rating differs from the former one. */
const IS_NEW = sql<boolean>`written.rating <> written.former`;

/** The columns of every event of a rating. */
const EVENT = {
  kind: 'rating' as const,
  number: sql.ref<number>('counter.number'),
  seriesId: sql.ref<number>('written.series_id'),
};

const FIND = statement('ratings.find', ({ userId, seriesId }: Key) =>
  db
    .selectFrom('series as s')
    .leftJoin('ratings as r', (join) => join.onRef('r.series_id', '=', 's.id').on('r.user_id', '=', userId))
    .select('r.rating')
    .where('s.id', '=', seriesId),
);

const OF_SERIES = statement(
  'ratings.of-series',
  ({ userId, seriesIds }: { userId: string; seriesIds: readonly number[] }) =>
    db
      .selectFrom('ratings as r')
      .select(['r.series_id', 'r.rating'])
      .where('r.user_id', '=', userId)
      .where('r.series_id', '=', anyOf(seriesIds, 'int[]')),
);

const ADD = statement('ratings.add', (p: Key & Cause & { rating: number }) =>
  withCounters(
    db
      .with('target', (query) => query.selectFrom('series').select('id').where('id', '=', p.seriesId))
      .with('counter', (query) => takeNumber(query, p.userId))
      .with('written', (query) =>
        query
          .insertInto('ratings')
          .columns(['user_id', 'series_id', 'rating'])
          .expression((eb) =>
            eb
              .selectFrom('target')
              .innerJoin('counter', (join) => join.onTrue())
              .select([eb.val(p.userId).as('user_id'), 'id', eb.val(p.rating).as('rating')]),
          )
          .onConflict((conflict) => conflict.columns(['user_id', 'series_id']).doNothing())
          .returning(['series_id', sql<number | null>`null::numeric`.as('former'), 'rating']),
      )
      .with('logged', (query) =>
        writeEvent(query, p.userId, p, CHANGE, {
          ...EVENT,
          action: 'add',
          before: NO_FIELDS,
          after: fields({ rating: sql.ref('written.rating') }),
        }),
      ),
  ).selectNoFrom((eb) => [
    eb.exists(eb.selectFrom('target').select('id')).as('series_exists'),
    eb.exists(eb.selectFrom('written').select('series_id')).as('written'),
  ]),
);

// The row is locked before it is read, so that `former` is the value that this statement replaces. It is locked after
// the counter.
const UPDATE = statement('ratings.update', (p: Key & Cause & { rating: number }) =>
  withCounters(
    db
      .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
      .with('counter', (query) => takeNumber(query, p.userId))
      .with('held', (query) =>
        query
          .selectFrom('counter')
          .innerJoin('ratings as r', (join) =>
            join.on('r.user_id', '=', p.userId).on('r.series_id', '=', p.seriesId),
          )
          .select('r.rating as former')
          .forNoKeyUpdate('r'),
      )
      .with('written', (query) =>
        query
          .updateTable('ratings as r')
          .from('held')
          .set({ rating: p.rating })
          .where('r.user_id', '=', p.userId)
          .where('r.series_id', '=', p.seriesId)
          .returning(['r.series_id', 'held.former', 'r.rating']),
      )
      .with('logged', (query) =>
        writeEvent(query, p.userId, p, sql`${CHANGE} where ${isLogged(p, IS_NEW)}`, {
          ...EVENT,
          action: 'update',
          before: fields({ rating: sql.ref('written.former') }),
          after: fields({ rating: sql.ref('written.rating') }),
        }),
      ),
  )
    .selectFrom('written')
    .select('series_id'),
);

const DELETE = statement('ratings.delete', (p: Key & Cause) =>
  withCounters(
    db
      .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
      .with('counter', (query) => takeNumber(query, p.userId))
      .with('written', (query) =>
        query
          .deleteFrom('ratings as r')
          .using('counter')
          .where('r.user_id', '=', p.userId)
          .where('r.series_id', '=', p.seriesId)
          .returning(['r.series_id', 'r.rating as former', sql<number | null>`null::numeric`.as('rating')]),
      )
      .with('logged', (query) =>
        writeEvent(query, p.userId, p, CHANGE, {
          ...EVENT,
          action: 'delete',
          before: fields({ rating: sql.ref('written.former') }),
          after: NO_FIELDS,
        }),
      ),
  )
    .selectFrom('written')
    .select('series_id'),
);

const DELETE_ALL = statement('ratings.delete-all', ({ userId }: { userId: string }) =>
  withSummedCounters(
    db.with('written', (query) =>
      query
        .deleteFrom('ratings')
        .where('user_id', '=', userId)
        .returning(['series_id', 'rating as former', sql<number | null>`null::numeric`.as('rating')]),
    ),
  )
    .selectFrom('written')
    .select('series_id'),
);

/** Copies changed averages to `series.ranked_average`, by which lists are ordered. */
const RANK = statementFamily(
  'ratings.rank',
  ({ all }: { all: boolean }, { seriesIds }: { seriesIds: readonly number[] }) =>
    db
      .with('averages', (query) =>
        query
          .selectFrom('rating_totals as t')
          .select(['t.series_id', averageRating('t').as('average')])
          .$if(!all, (some) => some.where('t.series_id', '=', anyOf(seriesIds, 'int[]'))),
      )
      .with('held', (query) =>
        query
          .selectFrom('series as s')
          .innerJoin('averages as a', 'a.series_id', 's.id')
          .select(['s.id', 'a.average'])
          .where('s.ranked_average', 'is distinct from', sql.ref<number>('a.average'))
          .orderBy('s.id')
          .forNoKeyUpdate('s'),
      )
      .updateTable('series as s')
      .from('held')
      .set((eb) => ({ ranked_average: eb.ref('held.average') }))
      .whereRef('s.id', '=', 'held.id'),
);

/** Outcome of adding a rating. */
export interface AddOutcome {
  readonly kind: 'written' | 'exists' | 'no-series';
}

/** Outcome of a look-up; `rating` is null if the series exists but the user has not rated it. */
export type FindOutcome =
  { readonly kind: 'found'; readonly rating: number | null } | { readonly kind: 'no-series' };

@Injectable()
export class RatingRepository {
  constructor(private readonly sql: Sql) {}

  async find(userId: string, seriesId: number): Promise<FindOutcome> {
    const row = await this.sql.row(FIND, { userId, seriesId });
    return row === undefined ? { kind: 'no-series' } : { kind: 'found', rating: row.rating };
  }

  /** The user's ratings of several series, by series. */
  async ofSeries(userId: string, seriesIds: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.sql.rows(OF_SERIES, { userId, seriesIds });
    return new Map(rows.map(({ series_id: id, rating }) => [id, rating]));
  }

  /** Adds a rating unless one exists. Of concurrent calls, exactly one writes and changes the counters. */
  async add(userId: string, seriesId: number, rating: number, cause: Cause): Promise<AddOutcome> {
    const row = await this.sql.row(ADD, { userId, seriesId, rating, ...cause });
    if (!row?.series_exists) return { kind: 'no-series' };
    return { kind: row.written ? 'written' : 'exists' };
  }

  /** @returns whether a rating was changed */
  async update(userId: string, seriesId: number, rating: number, cause: Cause): Promise<boolean> {
    return (await this.sql.row(UPDATE, { userId, seriesId, rating, ...cause })) !== undefined;
  }

  /** @returns whether a rating was deleted */
  async delete(userId: string, seriesId: number, cause: Cause): Promise<boolean> {
    return (await this.sql.row(DELETE, { userId, seriesId, ...cause })) !== undefined;
  }

  /** Deletes a user's ratings and subtracts them from the counters. @returns the ids of their series */
  async deleteAll(userId: string): Promise<number[]> {
    const rows = await this.sql.rows(DELETE_ALL, { userId });
    return rows.map(({ series_id: seriesId }) => seriesId);
  }

  /** Updates the order by rating, of the given series or of all, and folds the shards of the given series. */
  async rank(seriesIds: readonly number[] | 'all'): Promise<void> {
    const all = seriesIds === 'all';
    if (!all) await this.sql.rows(FOLD_SHARDS, { seriesIds });
    await this.sql.rows(RANK.of({ all }), { seriesIds: all ? [] : seriesIds });
  }
}
