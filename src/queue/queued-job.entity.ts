import { defineEntity, p } from '@mikro-orm/core';

/**
 * A job of the durable queue. A row is deleted when its job is done. Rows with `failed` are dead letters: they are not
 * run again, and removed after 30 days.
 */
export const QueuedJobSchema = defineEntity({
  name: 'QueuedJob',
  tableName: 'queued_jobs',
  indexes: [
    {
      name: 'queued_jobs_waiting',
      expression:
        'create index "queued_jobs_waiting" on "queued_jobs" ("run_at", "id") where "failed" is null',
    },
    { name: 'queued_jobs_by_owner', properties: ['owner'] },
  ],
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    /** Name of the task: see `defineTask`. */
    task: p.text(),
    payload: p.json().$type<object>(),
    /** Id of the user that the job is about, with whose account it is deleted; null for none. */
    owner: p.text().nullable(),
    /**
     * When the job is due, in microseconds: rounded to milliseconds, it could be later than the commit. While the job
     * is running, the end of its lease, after which another node takes it.
     */
    runAt: p.datetime(6).defaultRaw('current_timestamp(6)'),
    /** Number of starts. It also identifies the run: a run whose lease has ended changes nothing. */
    attempts: p.integer().default(0),
    /** When the job failed for the last time; null while it is waiting or running. */
    failed: p.datetime(3).nullable(),
    /** Code or class of the last error, never its message, which may contain data. */
    error: p.text().nullable(),
    created: p.datetime(3).defaultRaw('current_timestamp(3)'),
  },
});
