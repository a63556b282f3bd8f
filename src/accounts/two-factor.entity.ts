import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from './user.entity.js';

/** The authenticator app of a user (RFC 6238). A row without `confirmed` is pending, for ten minutes. */
export const TwoFactorSchema = defineEntity({
  name: 'TwoFactor',
  tableName: 'two_factors',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** In base32. Codes are computed from it, so that it cannot be a hash. */
    secret: p.text().hidden(),
    /** The last time steps whose codes were used: each is accepted once. */
    usedSteps: p.array().$type<number[]>().columnType('bigint[]').defaultRaw("'{}'"),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    confirmed: p.datetime(3).nullable(),
  },
});

/** The unused recovery codes of a user. */
export const RecoveryCodeSchema = defineEntity({
  name: 'RecoveryCode',
  tableName: 'recovery_codes',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** SHA-256 of the code, which has 80 random bits. */
    hash: p.text().primary(),
  },
});
