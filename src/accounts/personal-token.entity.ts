import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from './user.entity.js';

/** What a personal token may be used for. */
export const TOKEN_SCOPES = [
  'read',
  'write-history',
  'write-ratings',
  'write-collection',
  'write-images',
] as const;
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/** A token that a user has made for a program. It replaces a session on the routes that its scopes open. */
export const PersonalTokenSchema = defineEntity({
  name: 'PersonalToken',
  tableName: 'personal_tokens',
  uniques: [{ properties: ['user', 'hash'] }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.uuid().primary(),
    name: p.text(),
    /** SHA-256 of the token, which has 160 random bits. */
    hash: p.text().hidden(),
    scopes: p.array().$type<TokenScope[]>().columnType('text[]'),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
    lastUsed: p.datetime(3).nullable(),
    /** Null for never. */
    expires: p.datetime(3).nullable(),
  },
});
