import { describe, expect, it, vi } from 'vitest';
import { IntervalJob } from '../../src/jobs/interval-job.js';

describe('IntervalJob', () => {
  it('never runs twice concurrently, and waits for its current run when it stops', async () => {
    const finish: (() => void)[] = [];
    const work = vi.fn(() => new Promise<void>((resolve) => void finish.push(resolve)));
    const job = new IntervalJob(1, work);
    job.start();
    await expect.poll(() => work.mock.calls.length).toBe(1);
    const [one, other] = [job.run(), job.run()];
    expect(work).toHaveBeenCalledTimes(1);
    finish[0]?.();
    await Promise.all([one, other]);
    await expect.poll(() => work.mock.calls.length).toBe(2);
    let hasStopped = false;
    const stopping = job.stop().then(() => (hasStopped = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hasStopped).toBe(false);
    finish[1]?.();
    await stopping;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(work).toHaveBeenCalledTimes(2);
  });
});
