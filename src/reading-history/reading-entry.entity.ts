import { defineEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers, counterTriggers } from '../database/counter-triggers.js';
import { NAME_ORDER, SeriesSchema } from '../catalog/catalog.entity.js';
import { PROGRESS_TYPES, READING_STATUSES } from '../catalog/reading-states.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

export { PROGRESS_TYPES, READING_STATUSES };
export const VISIBILITIES = ['private', 'public'] as const;
/** In ascending order, as in the PostgreSQL enum, by which lists are sorted. */
export const PRIORITIES = ['low', 'mid', 'high'] as const;

/** The entry of one user about one series. */
export const ReadingEntrySchema = defineEntity({
  name: 'ReadingEntry',
  tableName: 'reading_entries',
  triggers: [
    ...totalCounterTriggers('reading_entries', 'entries', ['insert', 'delete']),
    // An update of `progress`, the most frequent one, changes no counter and runs no trigger.
    ...counterTriggers('reading_entries', 'reading_count', ['visibility', 'status']),
  ],
  indexes: [
    { name: 'reading_entries_by_update', properties: ['user', 'lastUpdate', 'series'] },
    // For the list of changes.
    { name: 'reading_entries_by_version', properties: ['user', 'version'] },
    { name: 'reading_entries_by_name', properties: ['user', 'seriesName', 'series'] },
    // For imports that rename a series. The only index that does not begin with the user, since each index slows
    // writes.
    { name: 'reading_entries_by_series', properties: ['series'] },
    // Partial indexes, so that pages for other users read no private entries.
    {
      name: 'reading_entries_public',
      properties: ['user', 'lastUpdate', 'series'],
      where: "visibility = 'public'",
    },
    {
      name: 'reading_entries_public_by_name',
      properties: ['user', 'seriesName', 'series'],
      where: "visibility = 'public'",
    },
  ],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    series: p.manyToOne(SeriesSchema).primary().deleteRule('no action'),
    /** Sort key: copy of the series' name, updated by `ReadingEntryRepository.refreshSortKeys`. */
    seriesName: p.text().collation(NAME_ORDER),
    /** Copy of the series' client, for filters; 0 for a series of all clients. */
    seriesClient: p.integer().default(0),
    visibility: p.enum(VISIBILITIES).nativeEnumName('visibility').default('private'),
    progressType: p.enum(PROGRESS_TYPES).nativeEnumName('progress_type').default('chapters'),
    /** The counter that `progress_type` names. */
    progress: p.decimal('number').columnType('numeric(7,2)'),
    /** The counter that `progress_type` does not name. */
    otherProgress: p.decimal('number').columnType('numeric(7,2)').nullable(),
    status: p.enum(READING_STATUSES).nativeEnumName('reading_status').default('started'),
    reread: p.smallint().default(0),
    /** 0 is stored as null: both mean unscored. */
    score: p.decimal('number').columnType('numeric(3,1)').nullable(),
    priority: p.enum(PRIORITIES).nativeEnumName('priority'),
    /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
    start: p.text().nullable(),
    end: p.text().nullable(),
    notes: p.text().nullable(),
    /** The client that wrote the entry last. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    lastUpdate: p.datetime(3).defaultRaw('current_timestamp(3)'),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    /** The number of the last change of the entry or its former reads, from `reader_counters`. */
    version: p.integer(),
    /** The number of the change that added the entry: the id of its current read. */
    readId: p.integer(),
    /** The number of its former reads, so that lists do not count them. */
    formerReads: p.smallint().default(0),
  },
});

/** Counters of a user's entries by the columns of the filters, so that a page's total reads no entries. */
export const ReadingCountSchema = defineEntity({
  name: 'ReadingCount',
  tableName: 'reading_counts',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    visibility: p.enum(VISIBILITIES).nativeEnumName('visibility').primary(),
    status: p.enum(READING_STATUSES).nativeEnumName('reading_status').primary(),
    /** The client of the series; 0 for series of all clients. */
    seriesClient: p.integer().primary(),
    total: p.integer(),
  },
});
