import { defineEntity, p } from '@mikro-orm/core';
import { UserSchema } from '../accounts/user.entity.js';

/** What a link in a mail, or from an administrator, lets its holder do. */
export const LINK_PURPOSES = ['password-reset', 'email-verification'] as const;
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** The current link of a user for each purpose: a newer one replaces it. It is deleted when it is used. */
export const AccountLinkSchema = defineEntity({
  name: 'AccountLink',
  tableName: 'account_links',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    purpose: p.text().$type<LinkPurpose>().primary(),
    /** SHA-256 of the token: a token has 256 random bits, so that a slow hash would add nothing. */
    hash: p.text().hidden(),
    /** The address that the link was sent to; null if an administrator passes it on. */
    email: p.text().nullable(),
    expires: p.datetime(3),
  },
});
