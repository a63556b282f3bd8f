import { defineEntity, p } from '@mikro-orm/core';

/** Files that no row names any more, written in the transaction that let go of them: removed after the commit. */
export const RemovedFilesSchema = defineEntity({
  name: 'RemovedFiles',
  tableName: 'removed_files',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** What the keys of the files begin with, up to a slash. */
    prefix: p.text(),
    at: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});
