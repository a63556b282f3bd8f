import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** An account. Its id is an ObjectId in hexadecimal, so that ids sort by creation time. */
export const UserSchema = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.text().primary(),
    username: p.text(),
    email: p.text().nullable(),
    passwordHash: p.text().hidden(),
    firstName: p.text().nullable(),
    lastName: p.text().nullable(),
    website: p.text().nullable(),
    facebook: p.text().nullable(),
    instagram: p.text().nullable(),
    linkedin: p.text().nullable(),
    x: p.text().nullable(),
    youtube: p.text().nullable(),
    /** The username in lower case: the address of the public profile. */
    slug: p.text(),
    ageVerified: p.boolean().default(false),
    registered: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type User = InferEntity<typeof UserSchema>;

/**
 * Who holds a username. A table of its own, and without a foreign key, because uniqueness crosses users: where users
 * are distributed, this is a reference table. The key is the name in lower case.
 */
export const UsernameSchema = defineEntity({
  name: 'Username',
  tableName: 'usernames',
  properties: { key: p.text().primary(), userId: p.text() },
});

/** Who holds an e-mail address, as with usernames. The key is the address in one Unicode form and case. */
export const EmailSchema = defineEntity({
  name: 'Email',
  tableName: 'emails',
  properties: { key: p.text().primary(), userId: p.text() },
});
