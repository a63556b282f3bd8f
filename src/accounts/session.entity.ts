import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { UserSchema } from './user.entity.js';

/** One signed-in browser or app. The refresh token is derived from the row: see `Tokens.refreshToken`. */
export const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  triggers: totalCounterTriggers('sessions', 'sign_ins', ['insert']),
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.uuid().primary(),
    /** Number of rotations of the refresh token. */
    counter: p.integer().default(0),
    /** The counter of the last successor token that was used; -1 if none. */
    usedCounter: p.integer().default(-1),
    /** When the current refresh token was issued. */
    issuedAt: p.datetime(3).defaultRaw('current_timestamp(3)'),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    lastUsed: p.datetime(3).defaultRaw('current_timestamp(3)'),
    /** End of the session, which rotations do not extend. */
    expires: p.datetime(3),
    userAgent: p.text().nullable(),
    ip: p.text(),
  },
});

export type Session = InferEntity<typeof SessionSchema>;
