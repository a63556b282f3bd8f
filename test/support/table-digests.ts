import { createHash } from 'node:crypto';
import type { TestDatabase } from './database.js';

/**
 * A digest of each table, without what changes beside a rejected request: the rate limits, `last_used`, and the order by
 * rating, which a job refreshes.
 */
export async function tableDigests(database: TestDatabase): Promise<Record<string, string>> {
  const tables = await database.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'rate_limits' order by 1`,
  );
  const digests: Record<string, string> = {};
  for (const { name } of tables) {
    const rows = await database.query<{ text: string }>(
      `select (to_jsonb(t) - 'last_used' - 'ranked_average')::text as text from "${name}" t order by 1`,
    );
    digests[name] = createHash('sha256')
      .update(rows.map(({ text }) => text).join('\n'))
      .digest('hex');
  }
  return digests;
}
