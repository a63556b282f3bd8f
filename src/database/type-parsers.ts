import { types } from 'pg';

/**
 * Parses `numeric` and `bigint` as numbers, process-wide. A double is exact enough for both: numerics have at most 14
 * digits, bigints are ids and counters.
 */
export function deliverNumbers(): void {
  types.setTypeParser(types.builtins.NUMERIC, Number);
  types.setTypeParser(types.builtins.INT8, Number);
}
