import { createHash } from 'node:crypto';
import type { TestDatabase } from './database.js';

/** Columns that change beside a rejected request: the last use of a session, and the order by rating, which a job refreshes. */
const OMITTED: Readonly<Record<string, string>> = { sessions: 'last_used', series: 'ranked_average' };

/** Tables that a rejected request may change: it may count, and take a number. */
const COUNTERS = ['rate_limits', 'reader_counters'];

/** A digest of each table but `COUNTERS`, without the columns of `OMITTED`. */
export async function tableDigests(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> all($1) order by 1`,
    [COUNTERS],
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await database.query<{ text: string }>(
      `select (to_jsonb(t) - $1::text)::text as text from "${name}" t order by 1`,
      [OMITTED[name] ?? ''],
    );
    digests[name] = createHash('sha256')
      .update(rows.map(({ text }) => text).join('\n'))
      .digest('hex');
  }
  return digests;
}

/** The rows of all tables as text. */
export async function wholeDatabase(database: TestDatabase): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const rows: { text: string }[] = [];
  for (const { name } of tables)
    rows.push(
      ...(await database.query<{ text: string }>(`select to_jsonb(t)::text as text from "${name}" t`)),
    );
  return rows.map(({ text }) => text).join('\n');
}
