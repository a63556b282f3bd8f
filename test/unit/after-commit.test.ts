import { describe, expect, it } from 'vitest';
import { afterCommit, withAfterCommit } from '../../src/database/after-commit.js';

describe('afterCommit', () => {
  it('calls back once the transaction has ended, in the order of the calls', async () => {
    const events: string[] = [];
    await withAfterCommit(async () => {
      afterCommit(() => events.push('first'));
      await Promise.resolve();
      afterCommit(() => events.push('second'));
      events.push('transaction');
    });
    expect(events).toEqual(['transaction', 'first', 'second']);
  });

  it('calls nothing after a transaction that fails, and only what its repetition adds', async () => {
    const events: number[] = [];
    const attempt = (number: number, work: () => void) =>
      withAfterCommit(() => {
        afterCommit(() => events.push(number));
        work();
        return Promise.resolve();
      });
    await expect(
      attempt(1, () => {
        throw new Error('deadlock');
      }),
    ).rejects.toThrow('deadlock');
    await attempt(2, () => undefined);
    expect(events).toEqual([2]);
  });

  it('calls back now outside a transaction', () => {
    let calls = 0;
    afterCommit(() => calls++);
    expect(calls).toBe(1);
  });
});
