import { type AliasedRawBuilder, type Expression, type QueryCreator, type RawBuilder, sql } from 'kysely';
import type { Viewer } from '../access/access.js';
import type { TablesOf } from '../database/statement.js';
import type { ReaderCounterSchema } from './reader-counter.entity.js';
import type {
  EventAction,
  EventFields,
  EventKind,
  EventOrigin,
  ReaderEventSchema,
} from './reader-event.entity.js';

/** The tables of the log, for statements that write it. */
export type LogEntities = typeof ReaderCounterSchema | typeof ReaderEventSchema;
type LogTables = TablesOf<LogEntities>;

/** By what a change is caused: recorded in its event. */
export interface Cause {
  /** The client that the request belongs to; null where requests name none. */
  readonly clientId: number | null;
  /** The device, if the client names it. */
  readonly device: string | null;
  /** The id of the personal token that authenticated the request; null for a session. */
  readonly tokenId: string | null;
  readonly origin: EventOrigin;
  /** The id of the bulk, import or undo; null for a single request. */
  readonly originId: number | null;
  /** The number of the event that the change undoes. */
  readonly undoes: number | null;
}

/** The cause of a change by a single request of the viewer. */
export function requestBy(
  viewer: Viewer,
  clientId: number | null = null,
  device: string | null = null,
): Cause {
  const tokenId = viewer.credential === 'token' ? viewer.tokenId : null;
  return { clientId, device, tokenId, origin: 'request', originId: null, undoes: null };
}

/** The cause of a change that no personal token makes: by an undo or an import. */
export function causedBy(origin: EventOrigin, originId: number, clientId: number | null = null): Cause {
  return { clientId, device: null, tokenId: null, origin, originId, undoes: null };
}

/**
 * Takes the next number of a reader, for a CTE named `counter`. It locks the row of the counter until the transaction
 * ends. Every other row of the reader is locked by a CTE that reads from `counter`, so that it is locked later.
 *
 * @param target a CTE of one row; the number is taken if the condition holds
 */
export function takeNumber<DB extends LogTables & { target: unknown }>(
  query: QueryCreator<DB>,
  userId: string,
  condition: RawBuilder<boolean> = sql<boolean>`true`,
) {
  return (query as unknown as QueryCreator<LogTables & { target: object }>)
    .insertInto('reader_counters')
    .columns(['user_id', 'number'])
    .expression((eb) =>
      eb
        .selectFrom('target')
        .select([sql<string>`${userId}`.as('user_id'), sql.lit(1).as('number')])
        .where(condition),
    )
    .onConflict((conflict) =>
      conflict
        .column('user_id')
        .doUpdateSet((eb) => ({ number: eb('reader_counters.number', '+', sql.lit(1)) })),
    )
    .returning('number');
}

/** The columns of an event that the statement computes. */
interface EventColumns {
  readonly kind: EventKind;
  readonly action: EventAction;
  readonly number: Expression<number>;
  readonly seriesId: Expression<number>;
  readonly volumeId?: Expression<number>;
  readonly resourceId?: Expression<number>;
  readonly before: Expression<EventFields | null>;
  readonly after: Expression<EventFields | null>;
}

/** Writes an event for each row of `from`, a relation of the statement: `counter join written`. */
export function writeEvent<DB extends LogTables>(
  query: QueryCreator<DB>,
  userId: string,
  cause: Cause,
  from: RawBuilder<unknown>,
  event: EventColumns,
) {
  const columns = {
    user_id: sql`${userId}`,
    number: event.number,
    kind: sql`${sql.lit(event.kind)}::event_kind`,
    action: sql`${sql.lit(event.action)}::event_action`,
    series_id: event.seriesId,
    volume_id: event.volumeId ?? sql`null::int`,
    resource_id: event.resourceId ?? sql`null::bigint`,
    client_id: sql`${cause.clientId}::int`,
    device: sql`${cause.device}`,
    token_id: sql`${cause.tokenId}`,
    origin: sql`${cause.origin}::event_origin`,
    origin_id: sql`${cause.originId}::int`,
    undoes: sql`${cause.undoes}::int`,
    before: event.before,
    after: event.after,
  };
  const names = Object.keys(columns) as (keyof typeof columns)[];
  return (query as unknown as QueryCreator<LogTables>)
    .insertInto('reader_events')
    .columns(names)
    .expression(sql`select ${sql.join(names.map((name) => sql`${columns[name]}`))} from ${from}` as never);
}

/**
 * Whether a change is written to the log. A repeated request that changes nothing is not, because its event would stand in
 * the way of an undo; an undo always is.
 */
export function isLogged(cause: Cause, isChange: Expression<boolean>): RawBuilder<boolean> {
  return sql<boolean>`(${isChange} or ${cause.undoes}::int is not null)`;
}

/** No fields: before an addition and after a deletion. */
export const NO_FIELDS = sql<EventFields | null>`null::jsonb`;

/** An object of fields in a parameter, as JSON text. */
export function fieldsOf(json: string | null): RawBuilder<EventFields | null> {
  return sql<EventFields | null>`${json}::jsonb`;
}

/** An object of fields from expressions. */
export function fields(values: Readonly<Record<string, Expression<unknown>>>): RawBuilder<EventFields> {
  const pairs = Object.entries(values).map(([name, value]) => sql`${sql.lit(name)}, ${value}`);
  return sql<EventFields>`jsonb_build_object(${sql.join(pairs)})`;
}

/**
 * The fields that differ between two states, as a relation of one row with the objects `before` and `after`.
 *
 * @param values the expressions of each field, before and after
 */
export function changedFields(
  values: Readonly<Record<string, readonly [before: Expression<unknown>, after: Expression<unknown>]>>,
): AliasedRawBuilder<{ before: EventFields; after: EventFields }, 'changed'> {
  const rows = Object.entries(values).map(
    ([name, [before, after]]) => sql`(${sql.lit(name)}, to_jsonb(${before}), to_jsonb(${after}))`,
  );
  return sql<{ before: EventFields; after: EventFields }>`(
    select coalesce(jsonb_object_agg(name, former), '{}') as before,
      coalesce(jsonb_object_agg(name, current), '{}') as after
    from (values ${sql.join(rows)}) as field (name, former, current)
    where former is distinct from current
  )`.as('changed');
}
