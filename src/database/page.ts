import {
  type Compilable,
  type Expression,
  type ExpressionBuilder,
  type QueryCreator,
  type SelectQueryBuilder,
  sql,
} from 'kysely';
import { tables } from './statement.js';

/** Columns that a page statement returns once for the whole page, such as the total. */
type Header = Record<string, Expression<unknown>>;
/** The value of a scalar subquery: the type of its one column. */
type Scalar<Value> = Value extends Record<string, unknown> ? Value[keyof Value] : Value;
type HeaderRow<H extends Header> = {
  [Name in keyof H]: H[Name] extends Expression<infer Value> ? Scalar<Value> : never;
};

/** A row of a page statement. `Sql.page` separates header and row; an empty page is one row without `position`. */
export interface PageRow<HeaderColumns, Row> {
  readonly header: HeaderColumns;
  readonly shown: Row;
}

/** The result of `Sql.page`. */
export interface Page<HeaderColumns, Row> {
  /** Undefined when the statement's base has no row, for example for a series that does not exist. */
  readonly header: HeaderColumns | undefined;
  readonly rows: Row[];
}

/** A relation of one row without columns: the base of a page statement whose header needs no row. */
export function oneRow<DB>(query: QueryCreator<DB>) {
  return query.selectFrom(sql<Record<never, never>>`(select)`.as('one'));
}

/** `oneRow` without common table expressions. */
export const ONE_ROW = oneRow(tables<never>());

/**
 * The offset of a lateral subquery that must be evaluated once for each row outside. Without it the planner may join in
 * another way: it assumes lists of average length, and would read all of a long one.
 */
export const PER_ROW = sql.lit(0);

/** No page has more rows. */
const MAXIMUM = 500;

/**
 * Tells the planner that a page is small. Of a limit in a parameter it assumes a tenth of the table, and would read
 * whole tables for the columns of a page.
 */
export function smallPage<DB, TB extends keyof DB, Row>(
  page: SelectQueryBuilder<DB, TB, Row>,
): SelectQueryBuilder<{ rows: Row }, 'rows', Row> {
  return tables<never>().selectFrom(page.as('rows')).selectAll().limit(sql.lit(MAXIMUM)) as never;
}

/** The base of a page whose rows are found, in the CTE `page`, before the columns of other tables are read. */
export function withPage<DB, TB extends keyof DB>(page: SelectQueryBuilder<DB, TB, { position: number }>) {
  return oneRow(
    tables<never>().with(
      (cte) => cte('page').materialized(),
      () => smallPage(page) as never,
    ),
  );
}

/**
 * A statement that returns a page of a list and its total. An empty page has a total too.
 *
 * @param base a query of at most one row for the header, with the list's common table expressions: `oneRow(db.with(…))`
 * @param header the columns beside the page, such as `{ total }`
 * @param shown the rows of the page, ordered by `position`
 */
export function pageQuery<DB, TB extends keyof DB, H extends Header, Row extends { position: number }>(
  base: SelectQueryBuilder<DB, TB, object>,
  header: (eb: ExpressionBuilder<DB, TB>) => H,
  shown: (eb: ExpressionBuilder<DB, TB>) => SelectQueryBuilder<never, never, Row>,
): Compilable<PageRow<HeaderRow<H>, Row>> {
  // The builder's types make every column of the outer join nullable; `Sql.page` restores the types of `shown`.
  return (base as unknown as SelectQueryBuilder<{ one: object }, 'one', object>)
    .leftJoinLateral(
      (eb) => (shown(eb as never) as unknown as SelectQueryBuilder<never, never, object>).as('shown'),
      (join) => join.onTrue(),
    )
    .select((eb) => Object.entries(header(eb as never)).map(([name, value]) => sql`${value}`.as(name)))
    .selectAll('shown' as never)
    .orderBy(sql`shown.position`) as never;
}
