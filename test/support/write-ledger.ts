import { setTimeout as sleep } from 'node:timers/promises';
import { entryAt, type ServiceUser } from './service.js';

/** A change of an entry in the log of a reader. */
export interface LoggedChange {
  readonly id: number;
  readonly kind: string;
  readonly series_id: number;
  readonly before: { readonly progress?: number } | null;
  readonly after: { readonly progress?: number } | null;
}

/** An entry as the service has it. */
export interface StoredEntry {
  readonly progress: number;
  readonly version: number;
}

/** What a writer knows about the entry of one series. */
interface Account {
  /** How the writer changes it: `replaced` without a key and with an unknown outcome after a fault; the others with a key. */
  readonly kind: 'replaced' | 'incremented' | 'raised';
  /** Versions of the acknowledged changes in their order. */
  readonly versions: number[];
  /** The progress after the last acknowledged change. */
  acknowledged: number;
  /** The progress of the last request. */
  tried: number;
  requests: number;
}

const KINDS = ['replaced', 'incremented', 'raised'] as const;

/**
 * A reader who changes entries one after the other, and a ledger of the answers. A request with an `Idempotency-Key` is
 * repeated with its key until it is answered, so that exactly one change is expected of it.
 */
export class LedgerWriter {
  /** Number of acknowledged requests. */
  acknowledged = 0;
  private readonly accounts = new Map<number, Account>();
  private ended = false;
  private keys = 0;

  constructor(
    private readonly url: string,
    private readonly user: ServiceUser,
    series: readonly number[],
    private readonly random: () => number,
  ) {
    for (const [index, id] of series.entries()) {
      const kind = KINDS[index % KINDS.length] ?? 'replaced';
      this.accounts.set(id, { kind, versions: [], acknowledged: 0, tried: 0, requests: 0 });
    }
  }

  /** Writes until `end` is called. */
  async run(): Promise<void> {
    for (let round = 1; !this.ended; round++) {
      for (const [id, account] of this.accounts) {
        if (this.ended) return;
        if (account.kind === 'replaced') await this.replace(id, account, round);
        else await this.command(id, account);
      }
    }
  }

  end(): void {
    this.ended = true;
  }

  private async replace(id: number, account: Account, round: number): Promise<void> {
    const verb = account.acknowledged === 0 ? 'add' : 'update';
    account.tried = round;
    const answer = await this.post(account, `/user/reading-status/${verb}/${id}`, entryAt(round));
    // 409: an earlier add was stored, but its response was lost.
    if (answer?.status === 409) account.acknowledged = Math.max(account.acknowledged, 1);
    if (answer?.status === 200) this.acknowledge(account, round, answer.body.entry.version);
  }

  private async command(id: number, account: Account): Promise<void> {
    const isIncrement = account.kind === 'incremented';
    const value = isIncrement ? 1 : Math.floor(this.random() * 5_000);
    const body = { op: isIncrement ? 'increment' : 'max', value, client: 1 };
    const key = `${this.user.id}-${this.keys++}`;
    for (;;) {
      const answer = await this.post(account, `/user/reading-status/progress/${id}`, body, key);
      if (answer?.status === 200) {
        const expected = isIncrement ? account.acknowledged + 1 : Math.max(account.acknowledged, value);
        account.tried = expected;
        this.acknowledge(account, expected, answer.body.version);
        return;
      }
      // 409: the service that was killed has left its transaction to PostgreSQL, which ends it soon.
      if (answer !== null && answer.status < 500 && answer.status !== 409)
        throw new Error(`A command was answered with ${answer.status}`);
    }
  }

  private acknowledge(account: Account, progress: number, version: number): void {
    this.acknowledged++;
    account.acknowledged = progress;
    // A `max` that changes nothing keeps the version.
    if (account.versions.at(-1) !== version) account.versions.push(version);
  }

  /** @returns null if the request was not answered */
  private async post(account: Account, path: string, json: object, key?: string) {
    account.requests++;
    try {
      const answer = await fetch(this.url + path, {
        method: 'POST',
        headers: {
          ...this.user.headers,
          'content-type': 'application/json',
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        body: JSON.stringify(json),
        signal: AbortSignal.timeout(10_000),
      });
      const body = (await answer.json()) as { version: number; entry: { version: number } };
      if (answer.status === 401) throw new Error('a session was lost');
      if (answer.status >= 500) await sleep(20);
      return { status: answer.status, body };
    } catch (error) {
      if ((error as Error).message === 'a session was lost') throw error;
      await sleep(30);
      return null;
    }
  }

  /**
   * Compares the ledger with the entries and the log of the service.
   *
   * @returns what differs, one text each
   */
  async differences(): Promise<string[]> {
    const log = await this.log();
    const found: string[] = [];
    const report = (isRight: boolean, id: number, text: string) => {
      if (!isRight) found.push(`series ${id} of ${this.user.username}: ${text}`);
    };
    if (new Set(log.map(({ id }) => id)).size !== log.length)
      found.push('an event has the id of another one');
    for (const [id, account] of this.accounts) {
      if (account.acknowledged === 0) continue;
      const entry = (await this.get(`/user/reading-status/id/${id}`)) as StoredEntry | null;
      const events = log.filter(({ series_id, kind }) => series_id === id && kind === 'entry');
      const versions = events.map((event) => event.id);
      const { acknowledged, tried } = account;
      report(entry !== null, id, 'the entry is lost');
      if (entry === null) continue;
      report(
        entry.progress >= acknowledged && entry.progress <= tried,
        id,
        `progress is ${entry.progress}, acknowledged ${acknowledged}, tried ${tried}`,
      );
      report(isGrowing(account.versions), id, 'the acknowledged versions do not grow');
      report(entry.version === versions.at(-1), id, 'the version is not that of the last event');
      report(
        account.versions.every((version) => versions.filter((one) => one === version).length === 1),
        id,
        'an acknowledged change has no event, or two',
      );
      if (account.kind === 'replaced')
        report(versions.length <= account.requests, id, 'there are more events than requests');
      else
        report(
          versions.join() === account.versions.join(),
          id,
          `${versions.length} events of ${account.versions.length} changes`,
        );
      report(isChain(events), id, 'a change does not begin where the former one has ended');
    }
    return found;
  }

  /** All events of the reader, oldest first. */
  private async log(): Promise<LoggedChange[]> {
    const events: LoggedChange[] = [];
    for (let before: number | null | undefined; before !== null;) {
      const range = before === undefined ? '' : `&before=${before}`;
      const page = (await this.get(`/user/events?limit=100${range}`)) as {
        events: LoggedChange[];
        next: number | null;
      };
      events.push(...page.events);
      before = page.next;
    }
    return events.toReversed();
  }

  private async get(path: string): Promise<unknown> {
    const answer = await fetch(this.url + path, { headers: this.user.headers });
    if (answer.status !== 200) throw new Error(`${path} answers ${answer.status}`);
    return answer.json();
  }
}

function isGrowing(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0));
}

/** Whether each change of the progress begins with the progress that the former one has left. */
function isChain(events: readonly LoggedChange[]): boolean {
  let progress: number | undefined;
  for (const { before, after } of events) {
    if (before?.progress !== undefined && before.progress !== progress) return false;
    progress = after?.progress ?? progress;
  }
  return true;
}
