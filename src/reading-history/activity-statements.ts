import { type QueryCreator, type RawBuilder, sql } from 'kysely';
import type { TablesOf } from '../database/statement.js';
import type { Cause } from '../reader-log/log-statements.js';
import { counterOf } from './entry-columns.js';
import type { ReadingDaySchema } from './reading-day.entity.js';

/** The current day in UTC. */
const TODAY = sql<string>`(statement_timestamp() at time zone 'UTC')::date`;

/** By how much each counter has grown. */
export interface Growth {
  readonly chapters: RawBuilder<number>;
  readonly volumes: RawBuilder<number>;
}

export const NO_GROWTH: Growth = { chapters: sql<number>`0`, volumes: sql<number>`0` };

/** The growth from the entry in one relation to the one in another; from 0 without the first. */
export function growth(former: string | null, current: string): Growth {
  const grown = (counter: 'chapters' | 'volumes') => {
    const before = former === null ? sql`0` : sql`coalesce(${counterOf(former, counter)}, 0)`;
    return sql<number>`greatest(coalesce(${counterOf(current, counter)}, 0) - ${before}, 0)`;
  };
  return { chapters: grown('chapters'), volumes: grown('volumes') };
}

/**
 * Counts a change of an entry on the current day, for a CTE. Only changes by the reader count, not those of imports and
 * undos.
 *
 * @param from a relation of the statement with the changed entry
 * @param seriesClient the client of the entry's series
 */
export function countChange<DB>(
  query: QueryCreator<DB>,
  userId: string,
  cause: Cause,
  from: RawBuilder<unknown>,
  seriesClient: RawBuilder<number>,
  { chapters, volumes }: Growth,
) {
  const figures = sql`${seriesClient}, 1, ${chapters}, ${volumes}`;
  return addToDay(query, sql`select ${userId}, ${TODAY}, ${figures} from ${from} where ${isByReader(cause)}`);
}

/** As `countChange`, for a relation with several entries. */
export function countChanges<DB>(
  query: QueryCreator<DB>,
  userId: string,
  cause: Cause,
  from: RawBuilder<unknown>,
  seriesClient: RawBuilder<number>,
  { chapters, volumes }: Growth,
) {
  const figures = sql`${seriesClient}, count(*), sum(${chapters}), sum(${volumes})`;
  return addToDay(
    query,
    sql`select ${userId}, ${TODAY}, ${figures} from ${from} where ${isByReader(cause)} group by ${seriesClient}`,
  );
}

function isByReader({ origin }: Cause): RawBuilder<boolean> {
  return sql<boolean>`${origin}::event_origin in ('request', 'bulk')`;
}

function addToDay<DB>(query: QueryCreator<DB>, counted: RawBuilder<unknown>) {
  return (query as unknown as QueryCreator<TablesOf<typeof ReadingDaySchema>>)
    .insertInto('reading_days')
    .columns(['user_id', 'day', 'series_client', 'changes', 'chapters', 'volumes'])
    .expression(counted as never)
    .onConflict((conflict) =>
      conflict.columns(['user_id', 'day', 'series_client']).doUpdateSet({
        changes: sql<number>`reading_days.changes + excluded.changes`,
        chapters: sql<number>`reading_days.chapters + excluded.chapters`,
        volumes: sql<number>`reading_days.volumes + excluded.volumes`,
      }),
    );
}
