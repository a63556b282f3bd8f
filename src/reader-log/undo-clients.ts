import type { EventRow } from './event-statements.js';
import type { ReaderLogRepository } from './reader-log.repository.js';

/**
 * The clients of the resources that one transaction of an undo restores. A client that only the log names can be
 * deleted. A client that was found is locked until the transaction ends: events that name the same clients need one
 * query.
 */
export class UndoClients {
  private readonly found = new Map<string, number | null>();

  constructor(private readonly log: ReaderLogRepository) {}

  /**
   * The client that a restored resource gets: the former one; if that was deleted, the one that the resource has now,
   * then those of the undone change, then the enabled client with the lowest id.
   *
   * @returns null if there is none
   */
  async of(event: EventRow, current?: number): Promise<number | null> {
    const named = [event.before?.['client'], current, event.client_id, event.after?.['client']];
    const ids = [...new Set(named.filter((id) => typeof id === 'number'))];
    const key = ids.join();
    let client = this.found.get(key);
    if (client === undefined) {
      client = await this.log.firstClient(ids);
      this.found.set(key, client);
    }
    return client;
  }
}
