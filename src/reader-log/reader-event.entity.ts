import { defineEntity, p } from '@mikro-orm/core';

export const EVENT_KINDS = ['entry', 'read', 'rating', 'item'] as const;
export const EVENT_ACTIONS = ['add', 'update', 'delete'] as const;
export const EVENT_ORIGINS = ['request', 'bulk', 'import', 'undo'] as const;

export type EventKind = (typeof EVENT_KINDS)[number];
export type EventAction = (typeof EVENT_ACTIONS)[number];
export type EventOrigin = (typeof EVENT_ORIGINS)[number];

/** The fields of a resource in an event. */
export type EventFields = Readonly<Record<string, unknown>>;

/**
 * A change of an entry, read, rating or item. Rows are only inserted, and deleted after 90 days. There is no foreign
 * key, whose check would slow every change: `ReaderLog` deletes the events of an account.
 */
export const ReaderEventSchema = defineEntity({
  name: 'ReaderEvent',
  tableName: 'reader_events',
  indexes: [
    // For the removal of old rows, which are adjacent on disk. A B-tree would cost every change an insertion.
    {
      name: 'reader_events_by_time',
      expression: 'create index "reader_events_by_time" on "reader_events" using brin ("at")',
    },
    // For undoing a bulk or an import. Changes by single requests are not in it.
    {
      name: 'reader_events_by_origin',
      properties: ['userId', 'originId', 'number'],
      where: 'origin_id is not null',
    },
  ],
  properties: {
    userId: p.text().primary(),
    number: p.integer().primary(),
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
    kind: p.enum(EVENT_KINDS).nativeEnumName('event_kind'),
    action: p.enum(EVENT_ACTIONS).nativeEnumName('event_action'),
    seriesId: p.integer(),
    volumeId: p.integer().nullable(),
    /** The id of the read or of the item. */
    resourceId: p.bigint('number').nullable(),
    clientId: p.integer().nullable(),
    device: p.text().nullable(),
    /** The id of the personal token that made the change. It may have been revoked since. */
    tokenId: p.text().nullable(),
    origin: p.enum(EVENT_ORIGINS).nativeEnumName('event_origin').default('request'),
    /** The id of the bulk, import or undo. */
    originId: p.integer().nullable(),
    /** The number of the event that this one undoes. */
    undoes: p.integer().nullable(),
    before: p.json<EventFields>().nullable(),
    after: p.json<EventFields>().nullable(),
  },
});
