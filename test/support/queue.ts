import type { TestDatabase } from './database.js';

/** Makes the waiting jobs due now, instead of after their delay or the lease of a killed node. */
export async function makeJobsDue(database: TestDatabase): Promise<void> {
  // In the past, because the column rounds to milliseconds, possibly up.
  await database.query(`update queued_jobs set run_at = now() - interval '1 second' where failed is null`);
}

/** The jobs in the queue, oldest first. */
export async function jobsIn(database: TestDatabase) {
  return database.query<{
    task: string;
    attempts: number;
    failed: boolean;
    error: string | null;
    owner: string | null;
  }>('select task, attempts, failed is not null as failed, error, owner from queued_jobs order by id');
}
