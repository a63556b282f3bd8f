import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

/**
 * The metrics of this process: prom-client's default ones describe the process, not an app. Labels have few values that
 * the code names; ids, paths and names of users never become labels.
 */
export const registry = new Registry();
collectDefaultMetrics({ register: registry });

/**
 * A counter for each value of a label. All begin at 0: Prometheus' `increase` ignores the first value of a series, so
 * that a series that begins with its first failure would hide this failure.
 */
export function countersBy<Label extends string>({
  name,
  help,
  label,
  values,
}: {
  readonly name: string;
  readonly help: string;
  readonly label: Label;
  readonly values: readonly string[];
}): Counter<Label> {
  const counter = new Counter({ name, help, labelNames: [label], registers: [registry] });
  for (const value of values) counter.labels(value).inc(0);
  return counter;
}
