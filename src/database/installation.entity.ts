import { defineEntity, p } from '@mikro-orm/core';

/** What holds for the whole installation; one row. */
export const InstallationSchema = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  properties: {
    /** Always 1. */
    id: p.smallint().primary().autoincrement(false).default(1),
    /**
     * A random text of the last restore, by which cursors of before it are told from later ones; null before the first.
     */
    epoch: p.text().nullable(),
    /** The time of the last restore. */
    restored: p.datetime(3).nullable(),
  },
});
