import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { counted } from '../database/counter-triggers.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A picture in a user's library. Its files are there before the row is. */
export const PhotoSchema = defineEntity({
  name: 'Photo',
  tableName: 'photos',
  triggers: [
    ...counted('photos', 'photos', ['insert', 'delete']),
    ...counted('photos', 'storage_bytes', ['insert', 'delete'], 'count_bytes'),
  ],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.integer().primary(),
    /** The website under which it was uploaded, whose key may delete it. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    /** Name of the files' folder: random, so that URLs cannot be guessed. */
    token: p.text(),
    name: p.text(),
    format: p.text(),
    width: p.integer(),
    height: p.integer(),
    /** Bytes of the stored picture, without its thumbnail. */
    size: p.integer(),
    /** Bytes of all its files. */
    storedBytes: p.integer().default(0),
    uploaded: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type Photo = InferEntity<typeof PhotoSchema>;

/** Which user a photo's id, or the folder of its files, belongs to: a reference table where users are distributed. */
export const PhotoIdSchema = defineEntity({
  name: 'PhotoId',
  tableName: 'photo_ids',
  properties: { id: p.integer().primary().autoincrement(), userId: p.text(), token: p.text().index() },
});

export type PhotoId = InferEntity<typeof PhotoIdSchema>;
