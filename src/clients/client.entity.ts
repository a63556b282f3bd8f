import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A registered frontend ("website"), and the key with which its servers call family D. */
export const ClientSchema = defineEntity({
  name: 'Client',
  tableName: 'clients',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.text(),
    /** Address of the frontend, which links in mails open; null for none. */
    url: p.text().nullable(),
    enabled: p.boolean().default(true),
    scopes: p.array().$type<string[]>().columnType('text[]').defaultRaw("'{}'"),
    /** SHA-256 of the key: keys are 256 random bits, so that a slow hash would add nothing. */
    keyHash: p.text().hidden(),
    /** The key before the last rotation, valid until `formerKeyValidUntil`. */
    formerKeyHash: p.text().nullable().hidden(),
    formerKeyValidUntil: p.datetime(3).nullable(),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});

export type Client = InferEntity<typeof ClientSchema>;
