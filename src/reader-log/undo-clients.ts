import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { ClientSchema } from '../clients/client.entity.js';
import { anyOf } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { EventRow } from './event-statements.js';

const db = tables<typeof ClientSchema>();

/** Locked, so that the client is not deleted before the undo is committed. */
const FIRST_CLIENT = statement('reader-log.first-client', ({ ids }: { ids: readonly number[] }) =>
  db
    .selectFrom('clients as c')
    .select('c.id')
    .where((eb) => eb.or([eb('c.id', '=', anyOf(ids, 'int[]')), eb('c.enabled', '=', sql.lit(true))]))
    .orderBy(sql`array_position(${ids}::int[], c.id)`)
    .orderBy('c.id')
    .limit(sql.lit(1))
    .forKeyShare(),
);

/** The clients of resources that an undo restores. A client that only the log names can be deleted. */
@Injectable()
export class UndoClients {
  constructor(private readonly sql: Sql) {}

  /**
   * The client that a restored resource gets: the former one; if that was deleted, the one that the resource has now,
   * then those of the undone change, then the enabled client with the lowest id. Call it in a transaction.
   *
   * @returns null if there is none
   */
  async of(event: EventRow, current?: number): Promise<number | null> {
    const ids = [event.before?.['client'], current, event.client_id, event.after?.['client']];
    const row = await this.sql.row(FIRST_CLIENT, { ids: ids.filter((id) => typeof id === 'number') });
    return row?.id ?? null;
  }
}
