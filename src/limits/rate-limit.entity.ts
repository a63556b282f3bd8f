import { defineEntity, p } from '@mikro-orm/core';

/** The counters of the rate limits, shared by all nodes. `expire` is in milliseconds since 1970. */
export const RateLimitSchema = defineEntity({
  name: 'RateLimit',
  tableName: 'rate_limits',
  properties: {
    key: p.string().length(255).primary(),
    points: p.integer().default(0),
    expire: p.bigint('number').nullable(),
  },
});
