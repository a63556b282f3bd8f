import { defineEntity, p } from '@mikro-orm/core';

/** An `Idempotency-Key` of a reader, with the answer to its first request. Kept for 24 hours. */
export const IdempotencyKeySchema = defineEntity({
  name: 'IdempotencyKey',
  tableName: 'idempotency_keys',
  indexes: [
    {
      name: 'idempotency_keys_by_time',
      expression: 'create index "idempotency_keys_by_time" on "idempotency_keys" using brin ("created")',
    },
  ],
  properties: {
    userId: p.text().primary(),
    key: p.text().primary(),
    /** SHA-256 of method, path with query and body, in base64url. */
    fingerprint: p.text(),
    status: p.smallint(),
    /** The answer as JSON text, which keeps the order of the fields. */
    body: p.text(),
    created: p.datetime(3).defaultRaw('clock_timestamp()'),
  },
});
