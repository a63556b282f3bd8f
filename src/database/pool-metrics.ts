import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { registry } from '../metrics.js';

const pools = new Set<Pool>();

// oxlint-disable-next-line no-new
new Gauge({
  name: 'database_pool_connections',
  help: 'Connections of this node: in use, idle, and how many it may have; and requests that wait for one',
  labelNames: ['state'],
  registers: [registry],
  collect() {
    const sum = (value: (pool: Pool) => number) => [...pools].reduce((total, pool) => total + value(pool), 0);
    this.set(
      { state: 'used' },
      sum(({ totalCount, idleCount }) => totalCount - idleCount),
    );
    this.set(
      { state: 'idle' },
      sum(({ idleCount }) => idleCount),
    );
    this.set(
      { state: 'limit' },
      sum(({ options }) => options.max),
    );
    this.set(
      { state: 'waiting' },
      sum(({ waitingCount }) => waitingCount),
    );
  },
});

/** Shows a pool in the metrics until `forgetPool`. */
export function measurePool(pool: Pool): void {
  pools.add(pool);
}

export function forgetPool(pool: Pool): void {
  pools.delete(pool);
}
