import { type Expression, type RawBuilder, sql } from 'kysely';

/** A time as clients read it: RFC 3339 in UTC with milliseconds. */
export function timestamp(column: Expression<string> | string): RawBuilder<string> {
  const value = typeof column === 'string' ? sql.ref(column) : column;
  return sql<string>`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A date as clients read it: `YYYY-MM-DD`, null where there is none. */
export function isoDate<Value extends string | null>(column: Expression<Value>): RawBuilder<Value> {
  return sql<Value>`to_char(${column}, 'YYYY-MM-DD')`;
}

/** A count or sum that fits a 32-bit integer, 0 for no rows. */
export function asCount(value: Expression<unknown>): RawBuilder<number> {
  return sql<number>`coalesce(${value}, 0)::int`;
}

/** `= any(…)`: membership in an array that is one parameter, so that the statement's text does not depend on its length. */
export function anyOf<Value>(values: readonly Value[], type: 'int[]' | 'text[]'): RawBuilder<Value> {
  return sql<Value>`any(${values}::${sql.raw(type)})`;
}
