import { defineEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers, userCounterTriggers } from '../database/counter-triggers.js';
import { NAME_ORDER, VolumeSchema } from '../catalog/catalog.entity.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A volume that a user owns. */
export const CollectionItemSchema = defineEntity({
  name: 'CollectionItem',
  tableName: 'collection_items',
  triggers: [
    ...totalCounterTriggers('collection_items', 'items', ['insert', 'delete']),
    ...userCounterTriggers('collection_items', 'collection_total', ['price']),
  ],
  indexes: [
    { name: 'collection_items_by_name', properties: ['user', 'seriesName', 'groupOrder', 'id'] },
    { name: 'collection_items_by_date', properties: ['user', 'buyDate', 'id'] },
    // For imports that rename a series or move a volume in it.
    { name: 'collection_items_by_volume', properties: ['volume'] },
  ],
  uniques: [{ name: 'collection_items_volume_unique', properties: ['user', 'volume'] }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.bigint('number').primary().autoincrement(),
    volume: p.manyToOne(VolumeSchema).deleteRule('no action'),
    /** The name of the volume's series, and the volume's place in it, so that an index orders a collection by them. */
    seriesName: p.text().collation(NAME_ORDER),
    groupOrder: p.decimal('number').columnType('numeric(9,2)'),
    /** The frontend that the series belongs to; 0 belongs to all. */
    seriesClient: p.integer().default(0),
    /** The frontend that added it. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    /** Exact in the database; at most eight digits, which a double holds exactly. */
    price: p.decimal('number').columnType('numeric(8,2)'),
    buyDate: p.date(),
  },
});

/** How many volumes a user owns and what they have cost, so that neither costs anything to know. */
export const CollectionTotalSchema = defineEntity({
  name: 'CollectionTotal',
  tableName: 'collection_totals',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** The frontend that the series belong to; 0 stands for series of all. */
    seriesClient: p.integer().primary(),
    items: p.integer(),
    spent: p.decimal('number').columnType('numeric(14,2)'),
  },
});
