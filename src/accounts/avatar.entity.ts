import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { UserSchema } from './user.entity.js';

/** A user's one avatar. The row's id and hash name the folder of its files, which are written before the row. */
export const AvatarSchema = defineEntity({
  name: 'Avatar',
  tableName: 'avatars',
  triggers: totalCounterTriggers('avatars', 'storage_bytes', ['insert', 'update', 'delete'], 'count_bytes'),
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
    /** Until when a first upload under way excludes others. */
    reservedUntil: p.datetime(3).nullable(),
  },
});

export type Avatar = InferEntity<typeof AvatarSchema>;

/** Which user an avatar's id belongs to: a reference table where users are distributed. */
export const AvatarIdSchema = defineEntity({
  name: 'AvatarId',
  tableName: 'avatar_ids',
  properties: { id: p.integer().primary().autoincrement(), userId: p.text() },
});

export type AvatarId = InferEntity<typeof AvatarIdSchema>;
