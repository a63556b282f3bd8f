import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers } from '../database/counter-triggers.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A picture in a user's library. Its files are written before the row. */
export const PhotoSchema = defineEntity({
  name: 'Photo',
  tableName: 'photos',
  triggers: [
    ...totalCounterTriggers('photos', 'photos', ['insert', 'delete']),
    ...totalCounterTriggers('photos', 'storage_bytes', ['insert', 'delete'], 'count_bytes'),
    ...totalCounterTriggers('photos', 'client_photos', ['insert', 'delete'], 'count_client_photos'),
  ],
  // For the moderation of the photos of all users, newest first.
  indexes: [
    { name: 'photos_by_uploaded', properties: ['uploaded', 'id'] },
    { name: 'photos_by_client', properties: ['client', 'uploaded', 'id'] },
  ],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.integer().primary(),
    /** The client under which the photo was uploaded; the key of that client can delete it. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    /** Name of the files' folder: random, so that URLs cannot be guessed. */
    token: p.text(),
    name: p.text(),
    format: p.text(),
    width: p.integer(),
    height: p.integer(),
    /** Bytes of the stored picture, without its thumbnail. */
    size: p.integer(),
    /** Bytes of all files of the photo. */
    storedBytes: p.integer().default(0),
    uploaded: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type Photo = InferEntity<typeof PhotoSchema>;

/**
 * Maps the id of a photo and the token of its folder to the user: a reference table if users are distributed over
 * nodes.
 */
export const PhotoIdSchema = defineEntity({
  name: 'PhotoId',
  tableName: 'photo_ids',
  properties: { id: p.integer().primary().autoincrement(), userId: p.text(), token: p.text().index() },
});

export type PhotoIdRow = InferEntity<typeof PhotoIdSchema>;
