import { type RawBuilder, sql } from 'kysely';
import { hasRows } from '../database/expressions.js';
import { tables } from '../database/statement.js';
import type { ClientSchema } from './client.entity.js';

const db = tables<typeof ClientSchema>();

/** Whether a client is registered and enabled. */
export function isEnabledClient(id: number | RawBuilder<number>): RawBuilder<boolean> {
  const enabled = db
    .selectFrom('clients as c')
    .select('c.id')
    .where('c.id', '=', sql<number>`${id}::int`)
    .where('c.enabled', '=', sql.lit(true));
  return hasRows(enabled);
}

/** Whether the client of an optional filter is registered and enabled; true for null, the absent filter. */
export function isEnabledOrAbsent(id: number | null): RawBuilder<boolean> {
  const client = sql<number>`${id}`;
  return sql<boolean>`(${client}::int is null or ${isEnabledClient(client)})`;
}
