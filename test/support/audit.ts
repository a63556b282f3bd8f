import type { TestDatabase } from './database.js';

/** Audit entries of a target, oldest first. */
export async function entriesAbout(database: TestDatabase, target: string | number) {
  return database.query<Record<string, unknown>>(
    'select actor, action, target, ip, result, before, after from audit_entries where target = $1 order by id',
    [String(target)],
  );
}
