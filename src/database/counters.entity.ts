import { defineEntity, p } from '@mikro-orm/core';

/**
 * How much there is of what, kept by triggers in the transactions that change it. Several rows add up to one total, so
 * that those who write at once seldom wait for each other.
 */
export const TotalSchema = defineEntity({
  name: 'Total',
  tableName: 'totals',
  properties: {
    kind: p.text().primary(),
    shard: p.smallint().primary(),
    value: p.bigint('number'),
  },
});

/** How much was added on a day (UTC), whatever has become of it since. Rows add up, as those of `totals` do. */
export const DailyCountSchema = defineEntity({
  name: 'DailyCount',
  tableName: 'daily_counts',
  properties: {
    day: p.date().primary(),
    kind: p.text().primary(),
    shard: p.smallint().primary(),
    value: p.bigint('number'),
  },
});
