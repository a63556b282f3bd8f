import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { ClientSchema } from '../clients/client.entity.js';
import { anyOf } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import {
  DELETE_OLD,
  EVENT_PAGE,
  type EventRow,
  type EventSelection,
  EVENTS_OF_ORIGIN,
  FIND_EVENT,
  LATER_EVENTS,
  type LaterEvent,
  MAY_RATE,
} from './event-statements.js';
import { type LogEntities, takeNumber } from './log-statements.js';
import type { EventOrigin } from './reader-event.entity.js';

const db = tables<LogEntities | typeof ClientSchema>();

interface Owner {
  readonly userId: string;
}

const LOCK = statement('reader-log.lock', ({ userId }: Owner) =>
  db
    .insertInto('reader_counters')
    .columns(['user_id', 'number'])
    .expression(db.selectNoFrom([sql<string>`${userId}`.as('user_id'), sql<number>`0`.as('number')]))
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((eb) => ({ number: eb.ref('reader_counters.number') })),
    ),
);

const TAKE = statement('reader-log.take', ({ userId }: Owner) =>
  db
    .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
    .with('counter', (query) => takeNumber(query, userId))
    .selectFrom('counter')
    .select('number'),
);

const DELETE_ALL = statement('reader-log.delete-all', ({ userId }: Owner) =>
  db.deleteFrom('reader_events').where('user_id', '=', userId),
);

/** Locked, so that the client is not deleted before the undo is committed. */
const FIRST_CLIENT = statement('reader-log.first-client', ({ ids }: { ids: readonly number[] }) =>
  db
    .selectFrom('clients as c')
    .select('c.id')
    .where((eb) => eb.or([eb('c.id', '=', anyOf(ids, 'int[]')), eb('c.enabled', '=', sql.lit(true))]))
    .orderBy(sql`array_position(${ids}::int[], c.id)`)
    .orderBy('c.id')
    .limit(sql.lit(1))
    .forKeyShare(),
);

/** The values of filters that a page does not have; its statement has no such parameters. */
const UNUSED = {
  kind: 'entry',
  series: 0,
  origin: 'request',
  since: new Date(0),
  until: new Date(0),
  before: 0,
} as const;

@Injectable()
export class ReaderLogRepository {
  constructor(private readonly sql: Sql) {}

  /** A page of a reader's events, newest first. */
  async page(selection: EventSelection): Promise<EventRow[]> {
    const { kind, series, origin, since, until, before } = selection;
    const given = Object.fromEntries(Object.entries(selection).filter(([, value]) => value !== undefined));
    const page = EVENT_PAGE.of({
      kind: kind !== undefined,
      series: series !== undefined,
      origin: origin !== undefined,
      since: since !== undefined,
      until: until !== undefined,
      before: before !== undefined,
    });
    return this.sql.rows(page, { ...UNUSED, userId: selection.userId, limit: selection.limit, ...given });
  }

  async find(userId: string, number: number): Promise<EventRow | undefined> {
    return this.sql.row(FIND_EVENT, { userId, number });
  }

  /** The events of an origin before a number, newest first. */
  async ofOrigin(
    userId: string,
    { type: origin, id: originId }: { type: EventOrigin; id: number },
    before: number,
    limit: number,
  ): Promise<EventRow[]> {
    return this.sql.rows(EVENTS_OF_ORIGIN, { userId, origin, originId, before, limit });
  }

  /** The later events of the series of some events, newest first. */
  async later(userId: string, events: readonly EventRow[]): Promise<LaterEvent[]> {
    const after = Math.min(...events.map(({ number }) => number));
    const seriesIds = [...new Set(events.map(({ series_id: id }) => id))];
    return this.sql.rows(LATER_EVENTS, { userId, after, seriesIds });
  }

  async mayRate(userId: string): Promise<boolean> {
    return (await this.sql.row(MAY_RATE, { userId }))?.permitted ?? false;
  }

  /**
   * The first of some clients that exists, else the enabled one with the lowest id, locked until the transaction ends.
   *
   * @returns null if there is none
   */
  async firstClient(ids: readonly number[]): Promise<number | null> {
    return (await this.sql.row(FIRST_CLIENT, { ids }))?.id ?? null;
  }

  /** Deletes up to `limit` events that are older than 90 days. @returns how many */
  async deleteOld(limit: number): Promise<number> {
    return (await this.sql.rows(DELETE_OLD, { limit })).length;
  }

  /** Locks the reader's counter until the transaction ends. */
  async lock(userId: string): Promise<void> {
    await this.sql.rows(LOCK, { userId });
  }

  /** Takes the next number, which locks the counter. */
  async take(userId: string): Promise<number> {
    const row = await this.sql.row(TAKE, { userId });
    return row?.number ?? 0;
  }

  /** Deletes a reader's events, when the account is deleted. */
  async deleteAll(userId: string): Promise<void> {
    await this.sql.rows(DELETE_ALL, { userId });
  }
}
