import { expect, it } from 'vitest';
import { countersBy, registry } from '../../src/metrics.js';

it('begins the counters of all values of a label at 0', async () => {
  countersBy({ name: 'test_total', help: 'Test', label: 'outcome', values: ['sent', 'failed'] }).inc({
    outcome: 'sent',
  });
  const text = await registry.getSingleMetricAsString('test_total');
  registry.removeSingleMetric('test_total');
  expect(text).toContain('test_total{outcome="sent"} 1');
  expect(text).toContain('test_total{outcome="failed"} 0');
});
