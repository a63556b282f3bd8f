import { AsyncLocalStorage } from 'node:async_hooks';
import { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';
import { CompiledQuery } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { withAfterCommit } from './after-commit.js';
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
  /** The connection of the transaction that `transaction` has opened. */
  private readonly connections = new AsyncLocalStorage<PoolClient>();

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
    // Behind a transaction pooler the next connection may not have the prepared statement.
    const { name, text } = statement;
    const query = { ...(this.settings.prepares ? { name } : {}), text, values };
    const connection = this.connections.getStore();
    if (connection !== undefined) return (await connection.query<Row & object>(query)).rows;
    const pool = await this.getPool();
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

  /**
   * Runs `work` in a transaction whose statements are prepared by name, unlike those of `Transactions`, which are for
   * entities. Joins the open transaction of the asynchronous context. Otherwise retried on deadlock and serialization
   * failure: `work` must have no effects outside the transaction.
   */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInTransaction) return work();
    return withRetries(() => withAfterCommit(() => this.onConnection('begin', work)));
  }

  /**
   * Runs `work` in a read-only transaction whose statements all see the data of one point in time. It is not retried,
   * so that `work` may have effects outside of it.
   */
  async snapshot<T>(work: () => Promise<T>): Promise<T> {
    if (this.isInTransaction) throw new Error('A snapshot must not be taken in a transaction');
    return this.onConnection('begin isolation level repeatable read read only', work);
  }

  /** Whether the caller is inside a transaction. */
  get isInTransaction(): boolean {
    return this.connections.getStore() !== undefined || this.em.isInTransaction();
  }

  /**
   * Runs `work` in a transaction of `transaction`, after a savepoint. If `work` fails, only its own statements are
   * rolled back, and the transaction may continue.
   */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const connection = this.connections.getStore();
    if (connection === undefined) throw new Error('A savepoint needs a transaction of Sql.transaction');
    await connection.query('savepoint work');
    try {
      const result = await work();
      await connection.query('release savepoint work');
      return result;
    } catch (error) {
      await connection.query('rollback to savepoint work');
      throw error;
    }
  }

  /** Runs `work` in a transaction on a connection of its own. */
  private async onConnection<T>(begin: string, work: () => Promise<T>): Promise<T> {
    const connection = await (await this.getPool()).connect();
    try {
      await connection.query(begin);
      const result = await this.connections.run(connection, work);
      await connection.query('commit');
      connection.release();
      return result;
    } catch (error) {
      // A connection that cannot roll back is closed.
      await connection.query('rollback').then(
        () => connection.release(),
        () => connection.release(true),
      );
      throw error;
    }
  }

  private async getPool(): Promise<Pool> {
    return (this.pool ??= (await this.em.getConnection().getNativeClient()) as Pool);
  }
}
