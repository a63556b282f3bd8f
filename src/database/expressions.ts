import { type AliasedRawBuilder, type Expression, type RawBuilder, sql } from 'kysely';

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
export function anyOf<Value>(values: readonly Value[], type: `${string}[]`): RawBuilder<Value> {
  return sql<Value>`any(${values}::${sql.raw(type)})`;
}

/**
 * A key of a list's order: a column and its direction, ascending unless said, or an expression. `nulls last` belongs only
 * where there can be nulls: the clause keeps an index from being read backwards.
 */
export type SortKey<Column extends string> =
  Column | `${Column} ${'desc' | 'asc nulls last' | 'desc nulls last'}` | RawBuilder<unknown>;

/** The keys of an order, for `order by` in a query and in a window alike. */
export function sortKeys<Column extends string>(keys: readonly SortKey<Column>[]): RawBuilder<unknown> {
  return sql.join(
    keys.map((key) => {
      if (typeof key !== 'string') return key;
      const end = key.indexOf(' ');
      return end === -1 ? sql.ref(key) : sql`${sql.ref(key.slice(0, end))}${sql.raw(key.slice(end))}`;
    }),
  );
}

/** The number of a row, from 1; without an order, that in which the query delivers its rows. */
export function rowNumber(order?: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`row_number() over (${order === undefined ? sql`` : sql`order by ${order}`})`;
}

/** Rows whose columns are arrays, each one parameter; Kysely has no form for a table function. */
export function unnested<
  Alias extends string,
  Columns extends Record<string, readonly [readonly unknown[], string]>,
>(
  alias: Alias,
  columns: Columns,
): AliasedRawBuilder<{ [Name in keyof Columns]: Columns[Name][0][number] }, Alias> {
  const arrays = Object.values(columns).map(([values, type]) => sql`${values}::${sql.raw(type)}`);
  const names = Object.keys(columns).map((name) => sql.ref(name));
  return sql<{ [Name in keyof Columns]: Columns[Name][0][number] }>`unnest(${sql.join(arrays)})`.as<Alias>(
    sql`${sql.ref(alias)} (${sql.join(names)})`,
  );
}

/** `exists (…)`, which PostgreSQL delivers as a boolean, where Kysely's own form may be a number. */
export function hasRows(query: Expression<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists ${query}`;
}
