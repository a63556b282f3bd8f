import { type RawBuilder, sql } from 'kysely';
import { tables } from '../database/statement.js';
import type { ClientSchema } from './client.entity.js';

const db = tables<typeof ClientSchema>();

/** SQL: whether the client asked for is registered and enabled; true when none is asked for. */
export function clientKnown(placeholder: string | null): string {
  return placeholder === null
    ? 'true'
    : `exists(select from clients c where c.id = ${placeholder}::int and c.enabled)`;
}

/** Whether a client is registered and enabled. */
export function isEnabledClient(id: number): RawBuilder<boolean> {
  const enabled = db
    .selectFrom('clients as c')
    .select('c.id')
    .where('c.id', '=', sql<number>`${id}::int`)
    .where('c.enabled', '=', sql.lit(true));
  return sql<boolean>`exists(${enabled})`;
}
