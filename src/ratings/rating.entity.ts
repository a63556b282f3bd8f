import { defineEntity, p } from '@mikro-orm/core';
import { counted } from '../database/counter-triggers.js';
import { SeriesSchema } from '../catalog/catalog.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A user's rating of a series: 1 to 10, one fraction digit. */
export const RatingSchema = defineEntity({
  name: 'Rating',
  tableName: 'ratings',
  triggers: counted('ratings', 'ratings', ['insert', 'delete']),
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    series: p.manyToOne(SeriesSchema).primary().deleteRule('no action'),
    rating: p.decimal('number').columnType('numeric(3,1)'),
  },
});

/**
 * How often a series has been rated and how, kept in the transaction of every rating. A series has several rows, whose
 * sums are the truth: those who rate it at once change different rows, and seldom wait for each other. A row may be
 * negative where ratings were added through one and removed through another.
 */
export const RatingCountSchema = defineEntity({
  name: 'RatingCount',
  tableName: 'rating_counts',
  properties: {
    series: p.manyToOne(SeriesSchema).primary().deleteRule('cascade'),
    shard: p.smallint().primary(),
    /** Number of ratings. */
    count: p.integer().default(0),
    /** Sum of the ratings. */
    sum: p.decimal('number').columnType('numeric(12,1)').defaultRaw('0'),
    /** Numbers of ratings that round to 1, 2, … 10, half up. */
    r1: p.integer().default(0).fieldName('r1'),
    r2: p.integer().default(0).fieldName('r2'),
    r3: p.integer().default(0).fieldName('r3'),
    r4: p.integer().default(0).fieldName('r4'),
    r5: p.integer().default(0).fieldName('r5'),
    r6: p.integer().default(0).fieldName('r6'),
    r7: p.integer().default(0).fieldName('r7'),
    r8: p.integer().default(0).fieldName('r8'),
    r9: p.integer().default(0).fieldName('r9'),
    r10: p.integer().default(0).fieldName('r10'),
  },
});
