import {
  type AliasedRawBuilder,
  type Expression,
  type RawBuilder,
  type SelectQueryBuilder,
  sql,
} from 'kysely';

/** A time as text: RFC 3339 in UTC with milliseconds. */
export function timestamp(column: Expression<string> | string): RawBuilder<string> {
  const value = typeof column === 'string' ? sql.ref(column) : column;
  return sql<string>`to_char(${value} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** A date as text, `YYYY-MM-DD`; null for a null date. */
export function isoDate<Value extends string | null>(column: Expression<Value>): RawBuilder<Value> {
  return sql<Value>`to_char(${column}, 'YYYY-MM-DD')`;
}

/** A count or sum that fits a 32-bit integer, 0 for no rows. */
export function asCount(value: Expression<unknown>): RawBuilder<number> {
  return sql<number>`coalesce(${value}, 0)::int`;
}

/** The number of rows of a query that selects no column yet. */
export function rowCount<DB, TB extends keyof DB>(
  query: SelectQueryBuilder<DB, TB, object>,
): RawBuilder<number> {
  return asCount(query.select((eb) => eb.fn.countAll().as('count')));
}

/** `any(…)` of an array in one parameter, so that the statement's text does not depend on the array's length. */
export function anyOf<Value>(values: readonly Value[], type: `${string}[]`): RawBuilder<Value> {
  return sql<Value>`any(${values}::${sql.raw(type)})`;
}

/**
 * An element of `order by`: a column with an optional direction (default ascending), or an expression. Use `nulls last`
 * for nullable columns only: with it PostgreSQL cannot scan an ascending index backwards.
 */
export type SortKey<Column extends string> =
  Column | `${Column} ${'desc' | 'asc nulls last' | 'desc nulls last'}` | RawBuilder<unknown>;

/** The elements of an `order by` clause, of a query or of a window. */
export function sortKeys<Column extends string>(keys: readonly SortKey<Column>[]): RawBuilder<unknown> {
  return sql.join(
    keys.map((key) => {
      if (typeof key !== 'string') return key;
      const end = key.indexOf(' ');
      return end === -1 ? sql.ref(key) : sql`${sql.ref(key.slice(0, end))}${sql.raw(key.slice(end))}`;
    }),
  );
}

/** The number of a row, from 1, in the given order; without one, in the order of the input rows. */
export function rowNumber(order?: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`row_number() over (${order === undefined ? sql`` : sql`order by ${order}`})`;
}

/** `unnest` of several arrays as a relation, each array one parameter. Kysely has no form for a table function. */
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

/**
 * The objects of a JSON array as a relation. Kysely has no form for a function with a list of column definitions.
 *
 * @param columns the objects' properties and their types in SQL
 */
export function recordsOf<Alias extends string, Columns extends Record<string, string>>(
  jsonb: RawBuilder<unknown>,
  alias: Alias,
  columns: Columns,
): AliasedRawBuilder<Record<keyof Columns, unknown>, Alias> {
  const definitions = Object.entries(columns).map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`);
  return sql<Record<keyof Columns, unknown>>`jsonb_to_recordset(${jsonb})`.as<Alias>(
    sql`${sql.ref(alias)} (${sql.join(definitions)})`,
  );
}

/** `exists (…)` typed as a boolean; Kysely's own form has the type `SqlBool`, which includes numbers. */
export function hasRows(query: Expression<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists ${query}`;
}
