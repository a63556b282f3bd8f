import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';
import { READING_STATUSES } from './reading-entry.entity.js';

/** A former read of a series. The current read is the entry itself. */
export const FormerReadSchema = defineEntity({
  name: 'FormerRead',
  tableName: 'former_reads',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** The statement that deletes an entry deletes its former reads. */
    seriesId: p.integer().primary(),
    /** A number of the reader's sequence. */
    id: p.integer().primary(),
    status: p.enum(READING_STATUSES).nativeEnumName('reading_status'),
    /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, as in the entry. */
    start: p.text().nullable(),
    end: p.text().nullable(),
    chapters: p.decimal('number').columnType('numeric(7,2)').nullable(),
    volumes: p.decimal('number').columnType('numeric(7,2)').nullable(),
    score: p.decimal('number').columnType('numeric(3,1)').nullable(),
    notes: p.text().nullable(),
  },
});
