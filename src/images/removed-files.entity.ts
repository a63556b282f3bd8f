import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** Files to remove: enqueued in the transaction that deletes or replaces the row that refers to them. */
export const RemovedFilesSchema = defineEntity({
  name: 'RemovedFiles',
  tableName: 'removed_files',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** Key prefix of the files, ending with a slash. */
    prefix: p.text(),
    at: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type RemovedFiles = InferEntity<typeof RemovedFilesSchema>;
