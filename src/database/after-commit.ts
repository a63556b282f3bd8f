import { AsyncLocalStorage } from 'node:async_hooks';

/** What the open transaction of the asynchronous context has collected. */
const collected = new AsyncLocalStorage<(() => void)[]>();

/** Runs `transaction`, which commits before it resolves, and then the callbacks of `afterCommit` that were added in it. */
export async function withAfterCommit<T>(transaction: () => Promise<T>): Promise<T> {
  const callbacks: (() => void)[] = [];
  const result = await collected.run(callbacks, transaction);
  for (const callback of callbacks) callback();
  return result;
}

/**
 * Calls back once the open transaction is committed, or now outside a transaction. Not called after a rollback, nor if
 * the process is killed: for what may be lost, such as a hint.
 *
 * @param callback must not throw
 */
export function afterCommit(callback: () => void): void {
  const callbacks = collected.getStore();
  if (callbacks === undefined) callback();
  else callbacks.push(callback);
}
