import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from './user.entity.js';

/** An account at an OpenID Connect provider that a user signs in with. */
export const IdentitySchema = defineEntity({
  name: 'Identity',
  tableName: 'identities',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.uuid().primary(),
    /** Name of the provider in the configuration. */
    provider: p.text(),
    /** The key of `IdentitySubjectSchema`. */
    key: p.text(),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    lastUsed: p.datetime(3).nullable(),
  },
});

/**
 * The user of each identity, like `UsernameSchema`. The key is a digest of the issuer and of the subject, which is
 * unique for its issuer only.
 */
export const IdentitySubjectSchema = defineEntity({
  name: 'IdentitySubject',
  tableName: 'identity_subjects',
  properties: { key: p.text().primary(), userId: p.text() },
});

/** A visit to a provider that has not come back yet. Used once, for ten minutes. */
export const OidcAttemptSchema = defineEntity({
  name: 'OidcAttempt',
  tableName: 'oidc_attempts',
  indexes: [{ properties: ['expires'] }],
  properties: {
    /** SHA-256 of the `state` parameter. */
    stateHash: p.text().primary(),
    /** SHA-256 of the secret in the browser's cookie. */
    browserHash: p.text(),
    provider: p.text(),
    returnTo: p.text(),
    /** The user and the session that the identity is to be linked to; null for a sign-in. */
    linkUser: p.text().nullable(),
    linkSession: p.uuid().nullable(),
    expires: p.datetime(3),
  },
});
