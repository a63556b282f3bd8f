import { defineEntity, p } from '@mikro-orm/core';

/**
 * Counters of the statistics, updated by triggers in the transaction that changes the counted rows. The sum of several
 * rows (shards) is one counter, so that concurrent transactions rarely contend for a row.
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

/** Number of rows inserted per day (UTC), including rows deleted since. Sharded as `totals`. */
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
