import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Gauge, Histogram } from 'prom-client';
import { afterCommit } from '../database/after-commit.js';
import { registry } from '../metrics.js';
import { IntervalJob } from '../jobs/interval-job.js';
import { QueuedJobRepository, type StartedJob } from './queued-job.repository.js';
import { PermanentFailure, type Task } from './task.js';

/** Milliseconds between two looks at the queue, for jobs of other nodes and for those that are due later. */
const INTERVAL = 1_000;
/** Milliseconds between two extensions of a running job's lease. */
const HEARTBEAT = 20_000;
/** Milliseconds between two counts for the metrics. */
const COUNT_INTERVAL = 15_000;
/** Number of jobs that a node runs at the same time. */
const CONCURRENCY = 4;
/**
 * Milliseconds that a stopping node waits for its running jobs. Their leases end later, and other nodes repeat them.
 */
const STOP_TIMEOUT = 4_000;
/** Seconds until the second start, doubled with each further one up to `MAX_DELAY`. */
const FIRST_DELAY = 5;
const MAX_DELAY = 3_600;

const jobs = new Gauge({
  name: 'queue_jobs',
  help: 'Jobs in the queue: waiting or running, and failed for good (dead letters)',
  labelNames: ['state'],
  registers: [registry],
});

const oldest = new Gauge({
  name: 'queue_oldest_due_seconds',
  help: 'How long the job that is due for the longest time has been waiting for a node; 0 if none is due',
  registers: [registry],
});
const runs = new Histogram({
  name: 'queue_run_duration_seconds',
  help: 'Runs of jobs on this node, by task and outcome: done, repeated (a later attempt follows), failed (for good)',
  labelNames: ['task', 'outcome'],
  buckets: [0.01, 0.1, 1, 10, 60, 600],
  registers: [registry],
});
/** Jobs that run in this process, of all queues. */
let runningHere = 0;
// oxlint-disable-next-line no-new
new Gauge({
  name: 'queue_running_jobs',
  help: 'Jobs that this node runs now',
  registers: [registry],
  collect() {
    this.set(runningHere);
  },
});

/** How a run ends. */
const OUTCOMES = ['done', 'repeated', 'failed'] as const;
type Outcome = (typeof OUTCOMES)[number];

type Handler = (payload: object, run: { readonly signal: AbortSignal }) => Promise<void>;

interface TaskHandler {
  readonly task: Task<object>;
  readonly handler: Handler;
  readonly onDeadLetter: ((payload: object) => Promise<void>) | undefined;
}

/**
 * A durable queue in PostgreSQL. Jobs are added in the transaction that causes them, and run on any node after its
 * commit, at least once. The node that adds a job looks for it at once, the others at an interval. A failed job is
 * repeated with growing delays, and is a dead letter after its last attempt. The jobs of a killed node are repeated by
 * others after a minute.
 */
@Injectable()
export class Queue implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Queue.name);
  private readonly handlers = new Map<string, TaskHandler>();
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  /** Whether a look was asked for since the last one began. */
  private isAsked = false;
  /** Runs a function without the request that is at work, whose id and transaction are not those of a job. */
  private readonly outsideRequests = AsyncLocalStorage.snapshot();
  private readonly polling = new IntervalJob(INTERVAL, () => this.startDue());
  private readonly counting = new IntervalJob(COUNT_INTERVAL, () => this.report());

  constructor(private readonly jobs: QueuedJobRepository) {}

  onApplicationBootstrap(): void {
    this.polling.start();
    this.counting.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.polling.stop(), this.counting.stop()]);
    await Promise.race([Promise.all(this.running), sleep(STOP_TIMEOUT, undefined, { ref: false })]);
  }

  /**
   * Sets the function that runs the jobs of a task. It may run twice for one job, for example after a crash.
   *
   * @param onDeadLetter called before a job becomes a dead letter
   */
  handle<Payload extends object>(
    task: Task<Payload>,
    handler: (payload: Payload, run: { readonly signal: AbortSignal }) => Promise<void>,
    onDeadLetter?: (payload: Payload) => Promise<void>,
  ): void {
    this.handlers.set(task.name, {
      task,
      handler: handler as Handler,
      onDeadLetter: onDeadLetter as TaskHandler['onDeadLetter'],
    });
    // A series that begins with its first failure would hide this failure from `increase`.
    for (const outcome of OUTCOMES) runs.zero({ task: task.name, outcome });
  }

  /**
   * Adds a job in the open transaction.
   *
   * @param payload JSON without secrets
   * @param owner the user that the job is about: `removeOf` deletes the jobs of a user
   */
  async add<Payload extends object>(
    task: Task<Payload>,
    payload: NoInfer<Payload>,
    owner: string | null = null,
  ): Promise<void> {
    await this.jobs.add(task.name, payload, owner);
    afterCommit(() => this.look());
  }

  /** Deletes a user's jobs, in the open transaction. */
  async removeOf(owner: string): Promise<void> {
    await this.jobs.removeOf(owner);
  }

  /** Looks at the queue now. */
  private look(): void {
    this.isAsked = true;
    if (!this.stopping.signal.aborted) void this.outsideRequests(() => this.polling.run());
  }

  /** Starts jobs that are due, as far as this node may run more. */
  private async startDue(): Promise<void> {
    try {
      do {
        this.isAsked = false;
        await this.startFree();
        // A job that was added meanwhile may have been committed after the last look.
      } while (this.isAsked);
    } catch (error) {
      this.logger.warn(`The queue cannot be read: ${codeOf(error)}`);
    }
  }

  private async startFree(): Promise<void> {
    while (this.running.size < CONCURRENCY && !this.stopping.signal.aborted) {
      const job = await this.jobs.start([...this.handlers.keys()]);
      if (job === undefined) return;
      const run = this.run(job).finally(() => {
        this.running.delete(run);
        this.look();
      });
      this.running.add(run);
    }
  }

  /**
   * Runs a job and records its outcome. Never rejects: without the database, the lease ends and the job is repeated.
   */
  private async run(job: StartedJob): Promise<void> {
    const heartbeat = setInterval(() => void this.jobs.extend(job).catch(() => undefined), HEARTBEAT);
    const measure = runs.startTimer({ task: job.task });
    runningHere++;
    try {
      measure({ outcome: await this.attempt(job) });
    } catch (error) {
      this.logger.warn(`The outcome of job ${job.id} (${job.task}) could not be recorded: ${codeOf(error)}`);
    } finally {
      runningHere--;
      clearInterval(heartbeat);
    }
  }

  private async attempt(job: StartedJob): Promise<Outcome> {
    const { task, handler } = this.handlers.get(job.task) as TaskHandler;
    // A job whose node is killed each time must not be repeated for ever.
    if (job.attempts > task.attempts) return this.fail(job, 'Interrupted');
    try {
      await handler(job.payload, { signal: this.stopping.signal });
    } catch (error) {
      const code = codeOf(error);
      const isLast = error instanceof PermanentFailure || job.attempts >= task.attempts;
      if (isLast) return this.fail(job, code);
      const delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** (job.attempts - 1));
      this.logger.warn(
        `Job ${job.id} (${job.task}) failed: ${code}; attempt ${job.attempts} of ${task.attempts}, again in ${delay} s`,
      );
      await this.jobs.retry(job, code, delay);
      return 'repeated';
    }
    await this.jobs.finish(job);
    return 'done';
  }

  private async fail(job: StartedJob, code: string): Promise<'failed'> {
    this.logger.error(`Job ${job.id} (${job.task}) failed for good after ${job.attempts} attempts: ${code}`);
    await this.handlers.get(job.task)?.onDeadLetter?.(job.payload);
    await this.jobs.fail(job, code);
    return 'failed';
  }

  /** Updates the metrics, and removes old dead letters. */
  async report(): Promise<void> {
    try {
      await this.jobs.removeOld();
      const { waiting, failed, due } = await this.jobs.count();
      jobs.set({ state: 'waiting' }, waiting);
      jobs.set({ state: 'failed' }, failed);
      oldest.set(due);
    } catch (error) {
      this.logger.warn(`The queue cannot be counted: ${codeOf(error)}`);
    }
  }
}

/** The code or class of an error. Messages of mail servers and of the database may contain addresses and values. */
function codeOf(error: unknown): string {
  const { code, responseCode, name } = error as { code?: unknown; responseCode?: unknown; name?: unknown };
  return [code, responseCode].filter((part) => part !== undefined).join(' ') || String(name ?? 'Error');
}
