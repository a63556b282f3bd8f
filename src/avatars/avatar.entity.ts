import { defineEntity, p } from '@mikro-orm/core';
import { counted } from '../database/counter-triggers.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A user's one avatar. Its files lie under a folder that the row names, and are there before the row says so. */
export const AvatarSchema = defineEntity({
  name: 'Avatar',
  tableName: 'avatars',
  triggers: counted('avatars', 'storage_bytes', ['insert', 'update', 'delete'], 'count_bytes'),
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.integer(),
    /** Name of the uploaded file, without anything but its last part. */
    name: p.text().default(''),
    format: p.text().default(''),
    /** Digest of the picture and a part of its own for each upload; null while the first upload is under way. */
    hash: p.text().nullable(),
    /** Bytes of all its files. */
    storedBytes: p.integer().default(0),
    /** Until when an upload under way keeps others away. */
    reservedUntil: p.datetime(3).nullable(),
  },
});

/** Which user an avatar's id belongs to: a reference table where users are distributed. */
export const AvatarIdSchema = defineEntity({
  name: 'AvatarId',
  tableName: 'avatar_ids',
  properties: { id: p.integer().primary().autoincrement(), userId: p.text() },
});
