import {
  type Compilable,
  type Expression,
  type ExpressionBuilder,
  type QueryCreator,
  type SelectQueryBuilder,
  sql,
} from 'kysely';

/** Columns that a page statement answers once, such as the total, beside the rows of the page. */
type Header = Record<string, Expression<unknown>>;
/** A subquery of one column stands for its value. */
type Scalar<Value> = Value extends Record<string, unknown> ? Value[keyof Value] : Value;
type HeaderRow<H extends Header> = {
  [Name in keyof H]: H[Name] extends Expression<infer Value> ? Scalar<Value> : never;
};

/** A row as a page statement delivers it; `Sql.page` splits it, and drops the one that stands for an empty page. */
export interface PageRow<HeaderColumns, Row> {
  readonly header: HeaderColumns;
  readonly shown: Row;
}

/** What `Sql.page` answers. */
export interface Page<HeaderColumns, Row> {
  /** Undefined when the statement's own condition met nothing, such as a series that does not exist. */
  readonly header: HeaderColumns | undefined;
  readonly rows: Row[];
}

/** One row without columns: what the header of a page without other conditions is selected from. */
export function oneRow<DB>(query: QueryCreator<DB>) {
  return query.selectFrom(sql<Record<never, never>>`(select)`.as('one'));
}

/**
 * A statement for a page of a list together with its total, which is answered for an empty page too.
 *
 * @param base the row that the header belongs to, with the common table expressions of the list: `oneRow(db.with(…))`
 * @param header the columns beside the page, such as `{ total }`
 * @param shown the rows of the page; `position` orders them
 */
export function pageQuery<DB, TB extends keyof DB, H extends Header, Row extends { position: number }>(
  base: SelectQueryBuilder<DB, TB, object>,
  header: (eb: ExpressionBuilder<DB, TB>) => H,
  shown: (eb: ExpressionBuilder<DB, TB>) => SelectQueryBuilder<never, never, Row>,
): Compilable<PageRow<HeaderRow<H>, Row>> {
  // The builder's own types would make every column of the outer join nullable; `Sql.page` restores what `shown` says.
  return (base as unknown as SelectQueryBuilder<{ one: object }, 'one', object>)
    .leftJoinLateral(
      (eb) => (shown(eb as never) as unknown as SelectQueryBuilder<never, never, object>).as('shown'),
      (join) => join.onTrue(),
    )
    .select((eb) => Object.entries(header(eb as never)).map(([name, value]) => sql`${value}`.as(name)))
    .selectAll('shown' as never)
    .orderBy(sql`shown.position`) as never;
}
