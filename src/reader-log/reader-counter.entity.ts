import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';

/**
 * The counter of a reader, from which versions, events and former reads take their numbers. Every change of an entry,
 * read, rating or item locks this row before any other row of the reader, and holds it until the commit.
 */
export const ReaderCounterSchema = defineEntity({
  name: 'ReaderCounter',
  tableName: 'reader_counters',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** The last number that was taken. */
    number: p.integer(),
  },
});
