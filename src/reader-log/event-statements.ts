import { type SqlBool, sql } from 'kysely';
import { permissionsOf } from '../accounts/user-roles.js';
import { anyOf, hasRows, timestamp } from '../database/expressions.js';
import { ONE_ROW } from '../database/page.js';
import { type RowOf, statement, statementFamily, tables } from '../database/statement.js';
import type { EventKind, EventOrigin } from './reader-event.entity.js';
import type { LogEntities } from './log-statements.js';

const db = tables<LogEntities>();

/** The columns of an event (`e`) for responses. */
export const EVENT_COLUMNS = [
  'e.number',
  timestamp('e.at').as('at'),
  'e.kind',
  'e.action',
  'e.series_id',
  'e.volume_id',
  'e.resource_id',
  'e.client_id',
  'e.device',
  'e.token_id',
  'e.origin',
  'e.origin_id',
  'e.undoes',
  'e.before',
  'e.after',
  sql<boolean>`e.at < clock_timestamp() - interval '30 days'`.as('is_old'),
] as const;

/** Filters and range of a page of events. */
export interface EventSelection {
  readonly userId: string;
  readonly kind: EventKind | undefined;
  readonly series: number | undefined;
  readonly origin: EventOrigin | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly before: number | undefined;
  readonly limit: number;
}

/** The filters that a page has. */
export type EventFilters = Readonly<
  Record<'kind' | 'series' | 'origin' | 'since' | 'until' | 'before', boolean>
>;

/** A page of a reader's events, newest first. */
export const EVENT_PAGE = statementFamily(
  'reader-log.page',
  (filters: EventFilters, p: { [Name in keyof EventSelection]-?: NonNullable<EventSelection[Name]> }) => {
    const conditions = {
      kind: sql<SqlBool>`e.kind = ${p.kind}::event_kind`,
      series: sql<SqlBool>`e.series_id = ${p.series}::int`,
      origin: sql<SqlBool>`e.origin = ${p.origin}::event_origin`,
      since: sql<SqlBool>`e.at >= ${p.since}::timestamptz`,
      until: sql<SqlBool>`e.at < ${p.until}::timestamptz`,
      before: sql<SqlBool>`e.number < ${p.before}::int`,
    };
    const given = Object.entries(conditions).filter(([name]) => filters[name as keyof EventFilters]);
    return db
      .selectFrom('reader_events as e')
      .select(EVENT_COLUMNS)
      .where('e.user_id', '=', p.userId)
      .where((eb) => eb.and(given.map(([, condition]) => condition)))
      .orderBy('e.number', 'desc')
      .limit(p.limit);
  },
);

export const FIND_EVENT = statement(
  'reader-log.find',
  ({ userId, number }: { userId: string; number: number }) =>
    db
      .selectFrom('reader_events as e')
      .select(EVENT_COLUMNS)
      .where('e.user_id', '=', userId)
      .where('e.number', '=', number),
);

/** An event. */
export type EventRow = RowOf<typeof FIND_EVENT>;

/** The events of an origin before a number, newest first. */
export const EVENTS_OF_ORIGIN = statement(
  'reader-log.of-origin',
  (p: { userId: string; origin: EventOrigin; originId: number; before: number; limit: number }) =>
    db
      .selectFrom('reader_events as e')
      .select(EVENT_COLUMNS)
      .where('e.user_id', '=', p.userId)
      .where('e.origin_id', '=', p.originId)
      .where('e.number', '<', p.before)
      .where('e.origin', '=', sql<EventOrigin>`${p.origin}::event_origin`)
      .orderBy('e.number', 'desc')
      .limit(p.limit),
);

/** The events of some series after a number, newest first, without their fields. */
export const LATER_EVENTS = statement(
  'reader-log.later',
  (p: { userId: string; after: number; seriesIds: readonly number[] }) =>
    db
      .selectFrom('reader_events as e')
      .select(['e.number', 'e.kind', 'e.action', 'e.series_id', 'e.volume_id', 'e.resource_id'])
      .select(['e.origin', 'e.origin_id', 'e.undoes'])
      .where('e.user_id', '=', p.userId)
      .where('e.number', '>', p.after)
      .where('e.series_id', '=', anyOf(p.seriesIds, 'int[]'))
      .orderBy('e.number', 'desc'),
);

/** What an event tells about a later change. */
export type LaterEvent = RowOf<typeof LATER_EVENTS>;

export const MAY_RATE = statement('reader-log.may-rate', ({ userId }: { userId: string }) =>
  ONE_ROW.select(
    hasRows(
      permissionsOf(userId).where('rp.permission', '=', sql.lit('rate-series')).select('rp.permission'),
    ).as('permitted'),
  ),
);

export const DELETE_OLD = statement('reader-log.delete-old', ({ limit }: { limit: number }) =>
  db
    .deleteFrom('reader_events')
    .where(
      sql<string>`ctid`,
      '=',
      sql<string>`any(array(select ctid from reader_events
        where at < clock_timestamp() - interval '90 days' limit ${limit} for update skip locked))`,
    )
    .returning('number'),
);
