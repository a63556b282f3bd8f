import { defineEntity, p } from '@mikro-orm/core';
import { counted } from '../database/counted.js';
import { VolumeSchema } from '../catalog/catalog.entity.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../users/user.entity.js';

/** A volume that a user owns. */
export const CollectionItemSchema = defineEntity({
  name: 'CollectionItem',
  tableName: 'collection_items',
  triggers: counted('collection_items', 'items', ['insert', 'delete']),
  uniques: [{ name: 'collection_items_volume_unique', properties: ['user', 'volume'] }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.bigint('number').primary().autoincrement(),
    volume: p.manyToOne(VolumeSchema).deleteRule('no action'),
    /** The frontend that added it. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    /** Decimal all the way: a float would lose cents. */
    price: p.decimal('string').columnType('numeric(8,2)'),
    buyDate: p.date(),
  },
});
