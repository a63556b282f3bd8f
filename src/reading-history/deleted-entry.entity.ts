import { defineEntity, p } from '@mikro-orm/core';

/**
 * Tombstone of a deleted entry, for the list of changes. Kept for 90 days. `ReaderLog` deletes those of a deleted
 * account.
 */
export const DeletedEntrySchema = defineEntity({
  name: 'DeletedEntry',
  tableName: 'deleted_entries',
  indexes: [
    { name: 'deleted_entries_by_version', properties: ['userId', 'version'] },
    {
      name: 'deleted_entries_by_time',
      expression: 'create index "deleted_entries_by_time" on "deleted_entries" using brin ("at")',
    },
  ],
  properties: {
    userId: p.text().primary(),
    seriesId: p.integer().primary(),
    /** The number of the deletion. */
    version: p.integer(),
    at: p.datetime(3).defaultRaw('clock_timestamp()'),
  },
});
