import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';

/** The secret by which programs subscribe to a reader's calendar; a newer one replaces it. */
export const CalendarSecretSchema = defineEntity({
  name: 'CalendarSecret',
  tableName: 'calendar_secrets',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** SHA-256 of the token, which has 256 random bits. */
    hash: p.text().hidden(),
  },
});
