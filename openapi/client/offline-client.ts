import { createClient, type Client } from './generated/client/index.js';
import { readingHistoryBulk, readingHistoryChanges } from './generated/index.js';
import type { HistoryBulk, ReadingEntry } from './generated/types.gen.js';

type Item = HistoryBulk['items'][number];

/** What a device keeps between two runs. It is plain JSON. */
export interface DeviceState {
  /** The entries as the server has them, by series. */
  entries: Record<number, ReadingEntry>;
  /** The position in the server's changes; null before the first synchronization. */
  cursor: string | null;
  /** Changes that were not sent yet, oldest first. */
  outbox: Item[];
  /**
   * The request that is being sent, and its key. They stay as they are until the server has acknowledged them: it would
   * refuse the key with another body, also if only the device had a new name.
   */
  sending: { key: string; body: HistoryBulk } | null;
}

export const EMPTY: DeviceState = { entries: {}, cursor: null, outbox: [], sending: null };

/** Changes that are sent at once. */
const BATCH = 100;

interface Options {
  readonly server: string;
  readonly accessToken: string;
  /** The id of the registered client. */
  readonly client: number;
  /** The name of the device in the reader's log. */
  readonly device: string;
  /** Stores the state durably, for example in IndexedDB. */
  readonly save: (state: DeviceState) => void | Promise<void>;
  readonly fetch?: typeof fetch;
  /** Makes the key of a request; every new request needs a key of its own. */
  readonly newKey?: () => string;
}

/**
 * A device that works offline: changes are queued in an outbox, and `synchronize` sends them and then fetches what has
 * changed. A device that stops at any time continues from the state that it has saved.
 */
export class OfflineClient {
  private readonly http: Client;

  constructor(
    readonly state: DeviceState,
    private readonly options: Options,
  ) {
    this.http = createClient({
      baseUrl: options.server,
      headers: { authorization: `Bearer ${options.accessToken}` },
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    });
  }

  /** The reader has read up to this chapter. `max` never lowers what another device has counted. */
  async readUpTo(seriesId: number, chapter: number): Promise<void> {
    await this.queue({ op: 'progress', mode: 'max', value: chapter, series_id: seriesId });
  }

  /** Queues any change. */
  async queue(item: Item): Promise<void> {
    this.state.outbox.push(item);
    await this.options.save(this.state);
  }

  /** Sends the outbox, then fetches the changes. It may be repeated after any failure: nothing is done twice. */
  async synchronize(): Promise<void> {
    await this.send();
    await this.fetchChanges();
  }

  /** Sends the changes in batches. A batch that is repeated with its key gets the answer that was lost. */
  private async send(): Promise<void> {
    const { state, options } = this;
    while (state.sending !== null || state.outbox.length > 0) {
      state.sending ??= {
        key: options.newKey?.() ?? crypto.randomUUID(),
        body: { client: options.client, device: options.device, items: state.outbox.splice(0, BATCH) },
      };
      const { key, body } = state.sending;
      // Saved before it is sent: a device that stops now repeats the batch with the same key.
      await options.save(state);
      const { response } = await readingHistoryBulk({
        client: this.http,
        headers: { 'Idempotency-Key': key },
        body,
      });
      // An item with a code of 400 or above will not succeed later either: the server's state wins.
      if (response?.status !== 200) throw new Error(`The server answers ${response?.status}`);
      state.sending = null;
      await options.save(state);
    }
  }

  /** Applies all pages of changes in order. */
  private async fetchChanges(): Promise<void> {
    for (let more = true; more; ) {
      const { cursor } = this.state;
      const { data, response } = await readingHistoryChanges({
        client: this.http,
        query: { limit: 500, ...(cursor === null ? {} : { cursor }) },
      });
      if (response?.status === 410) {
        // The device was away for more than 90 days: it begins again.
        Object.assign(this.state, { entries: {}, cursor: null });
        continue;
      }
      if (data === undefined) throw new Error(`The server answers ${response?.status}`);
      for (const { series_id: id, entry } of data.changes) {
        if (entry === null) delete this.state.entries[id];
        else this.state.entries[id] = entry;
      }
      this.state.cursor = data.cursor;
      await this.options.save(this.state);
      more = data.more;
    }
  }
}
