import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Sql } from '../../src/database/sql.js';
import { Transactions } from '../../src/database/transactions.js';
import { QueuedJobRepository } from '../../src/queue/queued-job.repository.js';
import { Queue } from '../../src/queue/queue.js';
import { defineTask, PermanentFailure } from '../../src/queue/task.js';
import { appForFile, startApp } from '../support/app.js';
import { jobsIn, makeJobsDue } from '../support/queue.js';

const app = appForFile();
let tasks = 0;

/** A task of its own for each test, because the handlers of a task run until the app ends. */
const newTask = (attempts?: number) => defineTask<{ number: number }>(`test-${++tasks}`, attempts);

afterEach(async () => {
  await app.database.query('delete from queued_jobs');
});

describe('Queue', () => {
  it('runs a job after the commit of the transaction that adds it, and no job of a transaction that is rolled back', async () => {
    const task = newTask();
    const ran: number[] = [];
    const queue = app.nest.get(Queue);
    queue.handle(task, async ({ number }) => {
      ran.push(number);
      return Promise.resolve();
    });
    const transactions = app.nest.get(Transactions);
    const failure = new Error('rolled back');
    await expect(
      transactions.run(async () => {
        await queue.add(task, { number: 1 });
        throw failure;
      }),
    ).rejects.toBe(failure);
    await transactions.run(async () => {
      await queue.add(task, { number: 2 });
      expect(await jobsIn(app.database)).toEqual([]);
    });
    await expect.poll(() => jobsIn(app.database)).toEqual([]);
    await expect.poll(() => ran).toEqual([2]);
  });

  it('runs the jobs of its own node without waiting for the next look, and each after the other', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { nest, database } = await startApp();
    const queue = nest.get(Queue);
    const task = newTask();
    const ran = new Set<number>();
    queue.handle(task, async ({ number }) => Promise.resolve(void ran.add(number)));
    // No interval passes: without the looks after a commit and after a run, no job would run.
    await nest.get(Sql).transaction(async () => {
      for (let number = 1; number <= 10; number++) await queue.add(task, { number });
    });
    await expect.poll(() => jobsIn(database)).toEqual([]);
    expect(ran.size).toBe(10);
    await nest.get(Transactions).run(() => queue.add(task, { number: 11 }));
    await expect.poll(() => ran.size).toBe(11);
  });

  it('repeats a failed job, and records the code of the error without its message', async () => {
    const task = newTask();
    const ran: number[] = [];
    const queue = app.nest.get(Queue);
    queue.handle(task, async ({ number }) => {
      ran.push(number);
      if (ran.length < 3) throw Object.assign(new Error('haruka@example.com'), { code: 'ECONNECTION' });
      return Promise.resolve();
    });
    await queue.add(task, { number: 1 });
    await expect.poll(() => jobsIn(app.database)).toMatchObject([{ error: 'ECONNECTION', attempts: 1 }]);
    await makeJobsDue(app.database);
    await expect.poll(() => jobsIn(app.database)).toMatchObject([{ attempts: 2, failed: false }]);
    await makeJobsDue(app.database);
    await expect.poll(() => jobsIn(app.database)).toEqual([]);
    expect(ran).toEqual([1, 1, 1]);
  });

  it('keeps a job that has failed for good as a dead letter, which the metrics count', async () => {
    const [few, permanent] = [newTask(2), newTask()];
    const queue = app.nest.get(Queue);
    queue.handle(few, () => Promise.reject(new TypeError('x')));
    const dead: number[] = [];
    queue.handle(
      permanent,
      () => Promise.reject(new PermanentFailure('x')),
      async ({ number }) => {
        dead.push(number);
        return Promise.resolve();
      },
    );
    await queue.add(few, { number: 1 });
    await queue.add(permanent, { number: 1 });
    await expect
      .poll(() => jobsIn(app.database))
      .toMatchObject([{ attempts: 1, error: 'TypeError' }, { failed: true }]);
    expect(dead).toEqual([1]);
    await makeJobsDue(app.database);
    await expect
      .poll(() => jobsIn(app.database))
      .toMatchObject([
        { attempts: 2, failed: true },
        { attempts: 1, failed: true },
      ]);
    await queue.report();
    expect((await app.client.get('/metrics')).text).toContain('queue_jobs{state="failed"} 2');
    await app.database.query(`update queued_jobs set failed = failed - interval '31 days'`);
    await queue.report();
    expect(await jobsIn(app.database)).toEqual([]);
  });

  it('runs each of 200 jobs once on two nodes', async () => {
    const other = await startApp({}, app.database);
    const task = newTask();
    const ran: string[] = [];
    for (const [name, node] of [
      ['one', app],
      ['other', other],
    ] as const) {
      node.nest.get(Queue).handle(task, async ({ number }) => {
        ran.push(`${name} ${number}`);
        return Promise.resolve();
      });
    }
    await Promise.all(
      Array.from({ length: 200 }, (_, number) => other.nest.get(Queue).add(task, { number })),
    );
    await expect.poll(() => jobsIn(app.database)).toEqual([]);
    expect(new Set(ran.map((run) => run.split(' ')[1])).size).toBe(200);
    expect(ran).toHaveLength(200);
    await other.close();
  });

  it('repeats the job of a killed node after its lease, and ignores the outcome of the former run', async () => {
    const task = newTask();
    const jobs = app.nest.get(QueuedJobRepository);
    await jobs.add(task.name, { number: 1 }, null);
    await makeJobsDue(app.database);
    const killed = await jobs.start([task.name]);
    expect(killed).toMatchObject({ task: task.name, attempts: 1, payload: { number: 1 } });
    expect(await jobs.start([task.name])).toBeUndefined();
    await makeJobsDue(app.database);
    const repeated = await jobs.start([task.name]);
    expect(repeated).toMatchObject({ attempts: 2 });
    await jobs.finish(killed as NonNullable<typeof killed>);
    await jobs.fail(killed as NonNullable<typeof killed>, 'x');
    expect(await jobsIn(app.database)).toMatchObject([{ attempts: 2, failed: false }]);
    await jobs.finish(repeated as NonNullable<typeof repeated>);
    expect(await jobsIn(app.database)).toEqual([]);
  });

  it('ends a job whose node is killed at every attempt', async () => {
    const task = newTask(3);
    const jobs = app.nest.get(QueuedJobRepository);
    await jobs.add(task.name, { number: 1 }, null);
    for (let attempt = 1; attempt <= 3; attempt++) {
      await makeJobsDue(app.database);
      expect(await jobs.start([task.name])).toMatchObject({ attempts: attempt });
    }
    await makeJobsDue(app.database);
    const ran: number[] = [];
    app.nest.get(Queue).handle(task, async ({ number }) => {
      ran.push(number);
      return Promise.resolve();
    });
    await expect.poll(() => jobsIn(app.database)).toMatchObject([{ failed: true, error: 'Interrupted' }]);
    expect(ran).toEqual([]);
  });

  it('leaves jobs of unknown tasks to nodes that know them', async () => {
    const task = newTask();
    await app.nest.get(Queue).add(task, { number: 1 });
    const known = newTask();
    app.nest.get(Queue).handle(known, () => Promise.resolve());
    await app.nest.get(Queue).add(known, { number: 1 });
    await expect.poll(() => jobsIn(app.database)).toMatchObject([{ task: task.name, attempts: 0 }]);
  });
});
