import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import type { Pool } from 'pg';
import { Replicas } from './replicas.js';
import type { Page, PageRow } from './page.js';
import type { Statement as TypedStatement } from './statement.js';
import { deliverNumbers } from './type-parsers.js';
import { DatabaseSettings } from './database-settings.js';
import { withRetries } from './transactions.js';

/**
 * A statement with a name, by which PostgreSQL prepares it once per connection instead of parsing and planning it at
 * every call. Values are parameters, never part of the text.
 */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Declares a statement. Names are unique in the project: a feature and a verb, `reading-history.page`. */
export function statement(name: string, text: string): Statement {
  return { name, text };
}

/** Statements whose text depends on what is asked for: each text that comes up is named once. */
export class Statements {
  private readonly known = new Map<string, Statement>();

  /** @param name what their names begin with; a number follows */
  constructor(private readonly name: string) {}

  of(text: string): Statement {
    const found = this.known.get(text) ?? statement(`${this.name}-${this.known.size}`, text);
    this.known.set(text, found);
    return found;
  }
}

/** SQL: a time as clients read it, RFC 3339 in UTC with milliseconds. */
export function timestamp(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

deliverNumbers();

/** Runs single statements on the ORM's pool, each its own transaction. Units of work go through `Transactions`. */
@Injectable()
export class Sql {
  private pool: Pool | null = null;

  constructor(
    private readonly em: EntityManager,
    private readonly settings: DatabaseSettings,
    private readonly replicas: Replicas,
  ) {}

  /**
   * Executes a statement: in the transaction that is open in this asynchronous context, else on its own, retried on a
   * deadlock.
   */
  async rows<Parameters extends object, Row>(
    statement: TypedStatement<Parameters, Row>,
    parameters: NoInfer<Parameters>,
  ): Promise<Row[]>;
  async rows<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  async rows<Row extends object>(
    statement: Statement | TypedStatement<object, Row>,
    given: readonly unknown[] | object = [],
  ): Promise<Row[]> {
    let values = given as readonly unknown[];
    if ('parameters' in statement) {
      values = statement.parameters.map((name) => (given as Record<string, unknown>)[name]);
      if (this.em.isInTransaction()) return runIn<Row>(this.em, statement.text, values);
    }
    const pool = (this.pool ??= (await this.em.getConnection().getNativeClient()) as Pool);
    // A pooler hands each transaction to another connection, on which nothing has been prepared.
    const { name, text } = statement;
    const asked = { ...(this.settings.prepares ? { name } : {}), text, values: values as unknown[] };
    const { rows } =
      (await this.replicas.query<Row>(asked)) ?? (await withRetries(() => pool.query<Row>(asked)));
    return rows;
  }

  /** Executes a page statement; see `pageQuery`. */
  async page<Parameters extends object, HeaderColumns, Row>(
    statement: TypedStatement<Parameters, PageRow<HeaderColumns, Row>>,
    parameters: NoInfer<Parameters>,
  ): Promise<Page<HeaderColumns, Row>> {
    const rows = (await this.rows(statement, parameters)) as unknown as (HeaderColumns &
      Row & { position: number | null })[];
    return { header: rows[0], rows: rows.filter(({ position }) => position !== null) };
  }

  /** The first row, or undefined. */
  async row<Parameters extends object, Row>(
    statement: TypedStatement<Parameters, Row>,
    parameters: NoInfer<Parameters>,
  ): Promise<Row | undefined>;
  async row<Row extends object>(statement: Statement, values?: readonly unknown[]): Promise<Row | undefined>;
  async row<Row extends object>(
    statement: Statement,
    given: readonly unknown[] | object = [],
  ): Promise<Row | undefined> {
    return (await this.rows<Row>(statement, given as readonly unknown[]))[0];
  }
}

/**
 * Runs a statement in the transaction of an entity manager, its values as parameters. The ORM's own `execute` writes
 * values into the text, which costs memory and planning where they are large.
 */
export async function runIn<Row extends object>(
  em: EntityManager,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const { rows } = await em.getKysely<unknown>().executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return rows;
}
