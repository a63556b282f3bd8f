import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';

/**
 * What a reader has read and changed on a day (UTC), written by the statement of the change and kept as long as the
 * account. Changes by imports and undos do not count.
 */
export const ReadingDaySchema = defineEntity({
  name: 'ReadingDay',
  tableName: 'reading_days',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    day: p.date().primary(),
    /** The client of the series when it was changed; 0 for series of all clients. */
    seriesClient: p.integer().primary(),
    /** The number of changes of entries. */
    changes: p.integer(),
    /** The sums by which the counters have grown. */
    chapters: p.decimal('number').columnType('numeric(12,2)').defaultRaw('0'),
    volumes: p.decimal('number').columnType('numeric(12,2)').defaultRaw('0'),
  },
});
