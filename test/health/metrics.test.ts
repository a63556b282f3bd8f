import { expect, it } from 'vitest';
import { Queue } from '../../src/queue/queue.js';
import { defineTask } from '../../src/queue/task.js';
import { Mailer } from '../../src/mail/mail.js';
import { appForFile } from '../support/app.js';

const app = appForFile();
const TASK = defineTask<{ fails: boolean }>('measured', 1);

const metric = async (line: RegExp) =>
  Number(line.exec((await app.client.get('/metrics')).text)?.[1] ?? Number.NaN);

it('shows jobs, messages, and connections, with labels that have few values', async () => {
  const queue = app.nest.get(Queue);
  const gate = Promise.withResolvers<void>();
  queue.handle(TASK, async ({ fails }) => {
    await gate.promise;
    if (fails) throw new Error('a secret of the job');
  });
  const runs = (outcome: string) =>
    metric(
      new RegExp(`^queue_run_duration_seconds_count\\{task="measured",outcome="${outcome}"\\} (\\d+)$`, 'm'),
    );
  for (const outcome of ['done', 'repeated', 'failed']) expect(await runs(outcome)).toBe(0);
  await queue.add(TASK, { fails: true });
  await queue.add(TASK, { fails: false });
  await expect.poll(() => metric(/^queue_running_jobs (\d+)$/m)).toBe(2);
  gate.resolve();
  await expect.poll(() => runs('done')).toBe(1);
  await expect.poll(() => runs('failed')).toBe(1);
  expect(await metric(/^queue_running_jobs (\d+)$/m)).toBe(0);

  // A task that no node knows stays due.
  await app.database.query(
    `insert into queued_jobs (task, payload, run_at) values ('unknown', '{}', now() - interval '90 seconds')`,
  );
  await queue.report();
  const due = await metric(/^queue_oldest_due_seconds ([\d.]+)$/m);
  expect(due).toBeGreaterThanOrEqual(90);
  expect(due).toBeLessThan(400);
  await app.database.query('delete from queued_jobs');
  await queue.report();
  expect(await metric(/^queue_oldest_due_seconds ([\d.]+)$/m)).toBe(0);

  // Other test files of the process have sent messages, too.
  const messages = async () =>
    Promise.all(
      ['sent', 'failed'].map((outcome) =>
        metric(new RegExp(`^mail_messages_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm')),
      ),
    );
  const [sent = Number.NaN, failed] = await messages();
  await app.nest.get(Mailer).send({ to: 'reader@example.org', subject: 'Subject', text: 'Text' });
  expect(await messages()).toEqual([sent + 1, failed]);

  expect(await metric(/^database_pool_connections\{state="limit"\} (\d+)$/m)).toBe(10);
  expect(await metric(/^database_pool_connections\{state="waiting"\} (\d+)$/m)).toBe(0);
  expect((await app.client.get('/metrics')).text).not.toMatch(/reader@|a secret/);
});
