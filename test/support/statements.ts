import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Sql } from '../../src/database/sql.js';

/** A statement that the app has executed. */
export interface Executed {
  readonly name: string;
  readonly text: string;
  /** The names of the parameters, in order. */
  readonly parameters: readonly string[];
}

/** Records the statements that an app executes until `stop` is called. */
export function recordStatements(app: NestFastifyApplication): {
  readonly executed: Executed[];
  stop(): void;
} {
  const sql = app.get(Sql);
  const original = sql.rows.bind(sql) as (statement: Executed, values: never) => Promise<never[]>;
  const executed: Executed[] = [];
  sql.rows = ((statement: Executed, values: never) => {
    executed.push(statement);
    return original(statement, values);
  }) as typeof sql.rows;
  return { executed, stop: () => (sql.rows = original as typeof sql.rows) };
}
