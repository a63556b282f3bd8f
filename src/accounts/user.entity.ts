import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';

/** An account. Its id is an ObjectId in hexadecimal, so that ids sort by creation time. */
export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  indexes: [
    {
      name: 'users_by_name',
      expression: 'create index "users_by_name" on "users" ("username" collate "name_order", "id")',
    },
    { name: 'users_by_registered', properties: ['registered', 'id'] },
    {
      name: 'users_search_trigrams',
      expression: 'create index "users_search_trigrams" on "users" using gin ("search_text" gin_trgm_ops)',
    },
    {
      name: 'users_compact_trigrams',
      expression:
        'create index "users_compact_trigrams" on "users" using gin ("search_compact" gin_trgm_ops)',
    },
  ],
  triggers: totalCounterTriggers('users', 'users', ['insert', 'delete']),
  properties: {
    id: p.text().primary(),
    username: p.text(),
    email: p.text().nullable(),
    /** Whether the user has shown to receive mail at this address. */
    emailVerified: p.boolean().default(false),
    /** Null for a user who signs in with an identity provider only. */
    passwordHash: p.text().nullable().hidden(),
    firstName: p.text().nullable(),
    lastName: p.text().nullable(),
    website: p.text().nullable(),
    facebook: p.text().nullable(),
    instagram: p.text().nullable(),
    linkedin: p.text().nullable(),
    x: p.text().nullable(),
    youtube: p.text().nullable(),
    /** The username in lower case, as in the URL of the public profile. */
    slug: p.text(),
    ageVerified: p.boolean().default(false),
    /** Username, e-mail address and names, folded, each between line feeds: see `searchTexts`. */
    searchText: p.text().default('').hidden(),
    searchCompact: p.text().default('').hidden(),
    /** Whether an administrator has suspended the account: its credentials are refused until this is lifted. */
    suspended: p.boolean().default(false),
    /**
     * Whether `two_factors` has a confirmed row. A column of this table, so that opening a session sees it in the row
     * it locks.
     */
    twoFactor: p.boolean().default(false),
    registered: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type User = InferEntity<typeof UserSchema>;

/**
 * The owner of each username. The key is the result of `spellingKey`. Uniqueness spans all users, so that this is a
 * separate table without a foreign key: if the database is sharded by user, it is a reference table.
 */
export const UsernameSchema = defineEntity({
  name: 'Username',
  tableName: 'usernames',
  properties: { key: p.text().primary(), userId: p.text() },
});

/** The owner of each e-mail address, like `UsernameSchema`. */
export const EmailSchema = defineEntity({
  name: 'Email',
  tableName: 'emails',
  properties: { key: p.text().primary(), userId: p.text() },
});
