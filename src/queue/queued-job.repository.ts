import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { anyOf, asCount } from '../database/expressions.js';
import { Sql } from '../database/sql.js';
import { statement, tables } from '../database/statement.js';
import type { QueuedJobSchema } from './queued-job.entity.js';

/** Seconds for which a started job belongs to its node. The node extends this while the job is running. */
const LEASE = 60;

/** A job that this node has started. */
export interface StartedJob {
  readonly id: number;
  readonly task: string;
  readonly payload: object;
  /** The number of this start. */
  readonly attempts: number;
}

/** One run of a job. */
type Run = Pick<StartedJob, 'id' | 'attempts'>;

const db = tables<typeof QueuedJobSchema>();

// The clock of the database is used, because the clocks of nodes may differ.
const NOW = sql<string>`clock_timestamp()`;
const LEASE_END = sql<string>`${NOW} + ${sql.lit(`${LEASE} seconds`)}::interval`;

interface NewJob {
  readonly task: string;
  readonly payload: string;
  readonly owner: string | null;
}

const ADD = statement('queue.add', ({ task, payload, owner }: NewJob) =>
  db.insertInto('queued_jobs').values({ task, payload: sql`${payload}::jsonb`, owner }),
);

const START = statement('queue.start', ({ names }: { names: readonly string[] }) =>
  db
    .with('due', (query) =>
      query
        .selectFrom('queued_jobs')
        .select('id')
        .where('failed', 'is', null)
        .where('run_at', '<=', NOW)
        .where('task', '=', anyOf(names, 'text[]'))
        .orderBy('run_at')
        .orderBy('id')
        .limit(sql.lit(1))
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('queued_jobs as j')
    .from('due')
    .whereRef('j.id', '=', 'due.id')
    .set((eb) => ({ attempts: eb('j.attempts', '+', sql.lit(1)), run_at: LEASE_END }))
    .returning(['j.id', 'j.task', 'j.payload', 'j.attempts']),
);

const EXTEND = statement('queue.extend', ({ id, attempts }: Run) =>
  db
    .updateTable('queued_jobs')
    .set({ run_at: LEASE_END })
    .where('id', '=', id)
    .where('attempts', '=', attempts),
);

const FINISH = statement('queue.finish', ({ id, attempts }: Run) =>
  db.deleteFrom('queued_jobs').where('id', '=', id).where('attempts', '=', attempts),
);

const RETRY = statement('queue.retry', (p: Run & { readonly error: string; readonly delay: number }) =>
  db
    .updateTable('queued_jobs')
    .set({ error: p.error, run_at: sql<string>`${NOW} + make_interval(secs => ${p.delay})` })
    .where('id', '=', p.id)
    .where('attempts', '=', p.attempts),
);

const FAIL = statement('queue.fail', (p: Run & { readonly error: string }) =>
  db
    .updateTable('queued_jobs')
    .set({ error: p.error, failed: NOW })
    .where('id', '=', p.id)
    .where('attempts', '=', p.attempts),
);

const REMOVE_OF = statement('queue.remove-of', ({ owner }: { owner: string }) =>
  db.deleteFrom('queued_jobs').where('owner', '=', owner),
);

const REMOVE_OLD = statement('queue.remove-old', () =>
  db.deleteFrom('queued_jobs').where('failed', '<', sql<string>`${NOW} - interval '30 days'`),
);

const COUNT = statement('queue.count', () =>
  db.selectFrom('queued_jobs').select((eb) => [
    asCount(eb.fn.countAll().filterWhere('failed', 'is', null)).as('waiting'),
    asCount(eb.fn.countAll().filterWhere('failed', 'is not', null)).as('failed'),
    // A started job is due again when its lease ends.
    sql<number>`greatest(0, extract(epoch from ${NOW} - min(run_at) filter (where failed is null)))::float8`.as(
      'due',
    ),
  ]),
);

@Injectable()
export class QueuedJobRepository {
  constructor(private readonly sql: Sql) {}

  /** Adds a job, in the open transaction if there is one. */
  async add(task: string, payload: object, owner: string | null): Promise<void> {
    await this.sql.rows(ADD, { task, payload: JSON.stringify(payload), owner });
  }

  /** Starts the job that has been due for the longest time; undefined if none is due. */
  async start(names: readonly string[]): Promise<StartedJob | undefined> {
    const row = await this.sql.row(START, { names });
    return row && { ...row, payload: row.payload as object };
  }

  /** Extends the lease of a running job. */
  async extend({ id, attempts }: Run): Promise<void> {
    await this.sql.rows(EXTEND, { id, attempts });
  }

  async finish({ id, attempts }: Run): Promise<void> {
    await this.sql.rows(FINISH, { id, attempts });
  }

  /** @param delay seconds until the next start */
  async retry({ id, attempts }: Run, error: string, delay: number): Promise<void> {
    await this.sql.rows(RETRY, { id, attempts, error, delay });
  }

  async fail({ id, attempts }: Run, error: string): Promise<void> {
    await this.sql.rows(FAIL, { id, attempts, error });
  }

  async removeOf(owner: string): Promise<void> {
    await this.sql.rows(REMOVE_OF, { owner });
  }

  async removeOld(): Promise<void> {
    await this.sql.rows(REMOVE_OLD, {});
  }

  /** Numbers of jobs, and the seconds for which the first one has been due. */
  async count(): Promise<{ waiting: number; failed: number; due: number }> {
    return (await this.sql.row(COUNT, {})) ?? { waiting: 0, failed: 0, due: 0 };
  }
}
