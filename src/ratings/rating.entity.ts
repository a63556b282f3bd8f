import { defineEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { SeriesSchema } from '../catalog/catalog.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A user's rating of a series: 1 to 10, one fraction digit. */
export const RatingSchema = defineEntity({
  name: 'Rating',
  tableName: 'ratings',
  triggers: totalCounterTriggers('ratings', 'ratings', ['insert', 'delete']),
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    series: p.manyToOne(SeriesSchema).primary().deleteRule('no action'),
    rating: p.decimal('number').columnType('numeric(3,1)'),
  },
});
