import { types } from 'pg';

/**
 * Delivers `numeric` and `bigint` as numbers. All numerics here have at most two or three fraction digits and 14 digits
 * in all, and all bigints are counts, so that a double holds each of them exactly.
 */
export function deliverNumbers(): void {
  types.setTypeParser(types.builtins.NUMERIC, Number);
  types.setTypeParser(types.builtins.INT8, Number);
}
