import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { UserSchema } from './user.entity.js';

/**
 * A user's avatar. The folder of its files is named by id and hash. The files are written before `hash` refers to
 * them; a first upload reserves the row without a hash.
 */
export const AvatarSchema = defineEntity({
  name: 'Avatar',
  tableName: 'avatars',
  triggers: [
    ...totalCounterTriggers('avatars', 'storage_bytes', ['insert', 'update', 'delete'], 'count_bytes'),
    ...totalCounterTriggers('avatars', 'avatars', ['insert', 'update', 'delete'], 'count_avatars'),
  ],
  // For the moderation of the avatars of all users, newest first.
  indexes: [{ name: 'avatars_by_uploaded', properties: ['uploaded', 'id'], where: 'hash is not null' }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.integer(),
    /** Name of the uploaded file, without its path. */
    name: p.text().default(''),
    format: p.text().default(''),
    /** Digest of the picture with a random suffix for each upload; null while the first upload is in progress. */
    hash: p.text().nullable(),
    /** Total size of the files in bytes. */
    storedBytes: p.integer().default(0),
    /** When the picture was uploaded; of a replaced picture, the last upload. */
    uploaded: p.datetime(3).defaultRaw('current_timestamp(3)'),
    /** End of the reservation by a first upload in progress, which excludes concurrent uploads. */
    reservedUntil: p.datetime(3).nullable(),
  },
});

export type Avatar = InferEntity<typeof AvatarSchema>;

/** The user of each avatar id. If the database is sharded by user, this is a reference table. */
export const AvatarIdSchema = defineEntity({
  name: 'AvatarId',
  tableName: 'avatar_ids',
  properties: { id: p.integer().primary().autoincrement(), userId: p.text() },
});
