import { defineEntity, p } from '@mikro-orm/core';
import { totalCounterTriggers, counterTriggers } from '../database/counter-triggers.js';
import { NAME_ORDER, VolumeSchema } from '../catalog/catalog.entity.js';
import { ITEM_STATES } from '../catalog/item-states.js';
import { ClientSchema } from '../clients/client.entity.js';
import { UserSchema } from '../accounts/user.entity.js';

/** A volume on a user's shelf. */
export const CollectionItemSchema = defineEntity({
  name: 'CollectionItem',
  tableName: 'collection_items',
  triggers: [
    ...totalCounterTriggers('collection_items', 'items', ['insert', 'delete']),
    ...counterTriggers('collection_items', 'collection_total', ['price', 'state', 'currency']),
  ],
  // The state is the last column of the lists' indexes: items in other states are skipped without reading their rows.
  indexes: [
    { name: 'collection_items_by_name', properties: ['user', 'seriesName', 'groupOrder', 'id', 'state'] },
    { name: 'collection_items_by_date', properties: ['user', 'buyDate', 'id', 'state'] },
    // For imports that rename a series or move a volume in it.
    { name: 'collection_items_by_volume', properties: ['volume'] },
  ],
  uniques: [{ name: 'collection_items_volume_unique', properties: ['user', 'volume'] }],
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    id: p.bigint('number').primary().autoincrement(),
    volume: p.manyToOne(VolumeSchema).deleteRule('no action'),
    /** Copy of the volume's series, so that a shelf is grouped without reading the catalog. A volume never moves. */
    seriesId: p.integer(),
    /** Sort keys: copies of the series' name and of the volume's position, updated by `refreshSortKeys`. */
    seriesName: p.text().collation(NAME_ORDER),
    groupOrder: p.decimal('number').columnType('numeric(9,2)'),
    /** Copy of the series' client, for filters; 0 for a series of all clients. */
    seriesClient: p.integer().default(0),
    /** The client that added the item. */
    client: p.manyToOne(ClientSchema).deleteRule('no action'),
    state: p.enum(ITEM_STATES).nativeEnumName('item_state').default('owned'),
    /** Exact in the database; a double is exact enough for twelve digits. */
    price: p.decimal('number').columnType('numeric'),
    /** ISO 4217 code. */
    currency: p.text(),
    /** Null for an item that is wanted. */
    buyDate: p.date().nullable(),
    condition: p.text().nullable(),
    place: p.text().nullable(),
    notes: p.text().nullable(),
  },
});

/** Counters of a user's items and their prices, by state and currency, so that totals read no items. */
export const CollectionTotalSchema = defineEntity({
  name: 'CollectionTotal',
  tableName: 'collection_totals',
  properties: {
    user: p.manyToOne(UserSchema).primary().deleteRule('cascade'),
    /** The client of the series; 0 for series of all clients. */
    seriesClient: p.integer().primary(),
    state: p.enum(ITEM_STATES).nativeEnumName('item_state').primary(),
    /** ISO 4217 code. */
    currency: p.text().primary(),
    items: p.integer(),
    spent: p.decimal('number').columnType('numeric'),
  },
});
