import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import { type LogEntities, takeNumber } from './log-statements.js';

const db = tables<LogEntities>();

interface Owner {
  readonly userId: string;
}

const LOCK = statement('reader-log.lock', ({ userId }: Owner) =>
  db
    .insertInto('reader_counters')
    .columns(['user_id', 'number'])
    .expression(db.selectNoFrom([sql<string>`${userId}`.as('user_id'), sql<number>`0`.as('number')]))
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((eb) => ({ number: eb.ref('reader_counters.number') })),
    ),
);

const TAKE = statement('reader-log.take', ({ userId }: Owner) =>
  db
    .with('target', (query) => query.selectNoFrom(sql.lit(1).as('one')))
    .with('counter', (query) => takeNumber(query, userId))
    .selectFrom('counter')
    .select('number'),
);

const DELETE_ALL = statement('reader-log.delete-all', ({ userId }: Owner) =>
  db.deleteFrom('reader_events').where('user_id', '=', userId),
);

@Injectable()
export class ReaderLogRepository {
  constructor(private readonly sql: Sql) {}

  /** Locks the reader's counter until the transaction ends. */
  async lock(userId: string): Promise<void> {
    await this.sql.rows(LOCK, { userId });
  }

  /** Takes the next number, which locks the counter. */
  async take(userId: string): Promise<number> {
    const row = await this.sql.row(TAKE, { userId });
    return row?.number ?? 0;
  }

  /** Deletes a reader's events, when the account is deleted. */
  async deleteAll(userId: string): Promise<void> {
    await this.sql.rows(DELETE_ALL, { userId });
  }
}
