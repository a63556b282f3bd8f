import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import type { Pool } from 'pg';
import { DatabaseSettings } from './database-settings.js';
import type { Page, PageRow } from './page.js';
import { Replicas } from './replicas.js';
import type { Statement } from './statement.js';
import { withRetries } from './transactions.js';
import { deliverNumbers } from './type-parsers.js';

deliverNumbers();

/** Executes compiled statements; see `statement.ts`. */
@Injectable()
export class Sql {
  private pool: Pool | null = null;

  constructor(
    private readonly em: EntityManager,
    private readonly settings: DatabaseSettings,
    private readonly replicas: Replicas,
  ) {}

  /**
   * Executes a statement in the open transaction of the asynchronous context. Without one, executes it as a transaction
   * of its own, retried on deadlock and serialization failure.
   */
  async rows<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: NoInfer<Parameters>,
  ): Promise<Row[]> {
    const values = statement.parameters.map((name) => (parameters as Record<string, unknown>)[name]);
    if (this.em.isInTransaction()) {
      const query = CompiledQuery.raw(statement.text, values);
      return (await this.em.getKysely<unknown>().executeQuery<Row>(query)).rows;
    }
    const pool = (this.pool ??= (await this.em.getConnection().getNativeClient()) as Pool);
    // Behind a transaction pooler the next connection may not have the prepared statement.
    const { name, text } = statement;
    const query = { ...(this.settings.prepares ? { name } : {}), text, values };
    const { rows } =
      (await this.replicas.query<Row & object>(query)) ??
      (await withRetries(() => pool.query<Row & object>(query)));
    return rows;
  }

  /** Executes a page statement; see `pageQuery`. */
  async page<Parameters extends object, HeaderColumns, Row>(
    statement: Statement<Parameters, PageRow<HeaderColumns, Row>>,
    parameters: NoInfer<Parameters>,
  ): Promise<Page<HeaderColumns, Row>> {
    const rows = (await this.rows(statement, parameters)) as unknown as (HeaderColumns &
      Row & { position: number | null })[];
    return { header: rows[0], rows: rows.filter(({ position }) => position !== null) };
  }

  /** The first row, or undefined. */
  async row<Parameters extends object, Row>(
    statement: Statement<Parameters, Row>,
    parameters: NoInfer<Parameters>,
  ): Promise<Row | undefined> {
    return (await this.rows(statement, parameters))[0];
  }
}
