import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type DeviceState, EMPTY, OfflineClient } from '../../openapi/client/offline-client.js';
import { seededRandom } from '../support/random.js';
import { entryAt, HANG, type Service } from '../support/service.js';
import { Storm } from '../support/storm.js';
import { LedgerWriter, type LoggedChange, type StoredEntry } from '../support/write-ledger.js';

const print = (text: string) => process.stdout.write(`${text}\n`);

async function seriesIds(service: Service, limit = 60): Promise<number[]> {
  const answer = await service.fetch(`/series?limit=${limit}`);
  return ((await answer.json()) as { series: { id: number }[] }).series.map(({ id }) => id);
}

describe('SIGKILL', () => {
  it('loses and doubles no acknowledged write when the service, its database or both are killed', async () => {
    const [KILLS, WRITES] = [20, 5_000];
    const random = seededRandom();
    const storm = await Storm.start(random);
    const series = await seriesIds(storm.service);
    const users = await Promise.all(Array.from({ length: 8 }, () => storm.service.user()));
    const writers = users.map((user) => new LedgerWriter(storm.url, user, series, random));
    const running = writers.map((writer) => writer.run());
    const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
    while (storm.recoveries.length < KILLS || acknowledged() < WRITES) await storm.kill();
    for (const writer of writers) writer.end();
    await Promise.all(running);
    print(`${acknowledged()} acknowledged writes, ${storm.summary}`);

    const differences = [];
    for (const writer of writers) differences.push(...(await writer.differences()));
    expect(differences).toEqual([]);
    expect(Math.max(...storm.recoveries)).toBeLessThan(HANG);
    expect(await storm.end()).toBe(0);
  });

  it('ends with equal states of two offline clients and of the server: nothing is lost, doubled or lowered', async () => {
    const KILLS = 12;
    const random = seededRandom();
    const storm = await Storm.start(random);
    const reader = await storm.service.user();
    const [counted, raised, ...shared] = (await seriesIds(storm.service, 20)) as [
      number,
      number,
      ...number[],
    ];
    const options = {
      server: storm.url,
      accessToken: (reader.headers['authorization'] ?? '').slice('Bearer '.length),
      client: 1,
    };
    /** Loses some answers, because few requests are in flight at the moment of a kill. */
    const unreliable: typeof fetch = async (...request) => {
      const answer = await fetch(...request);
      if (random() < 0.1) throw new Error('the answer was lost');
      return answer;
    };
    const { client: _, ...fields } = entryAt(0);
    const tally = { changes: 0, increments: 0, highest: 0, synchronizations: 0, failures: 0 };
    let ended = false;

    /** One device: it queues changes, synchronizes, and continues from its saved state as after a restart. */
    const run = async (device: string, own: number): Promise<DeviceState> => {
      let saved = JSON.stringify(EMPTY);
      const save = (state: DeviceState) => {
        saved = JSON.stringify(state);
      };
      for (let number = 1; !ended; number++) {
        const client = new OfflineClient(JSON.parse(saved) as DeviceState, {
          ...options,
          device,
          save,
          fetch: unreliable,
        });
        await client.queue({ op: 'progress', mode: 'increment', value: 1, series_id: counted });
        tally.increments++;
        const chapter = Math.floor(random() * 10_000);
        await client.readUpTo(raised, chapter);
        tally.highest = Math.max(tally.highest, chapter);
        await client.queue({ op: 'put', series_id: own, ...fields, progress: number } as never);
        const any = shared[Math.floor(random() * shared.length)] as number;
        if (random() < 0.3) await client.queue({ op: 'delete', series_id: any });
        else await client.readUpTo(any, chapter);
        tally.changes += 4;
        tally.synchronizations++;
        const isSent = await client.synchronize().then(
          () => true,
          () => false,
        );
        if (!isSent) {
          tally.failures++;
          await sleep(100);
        }
        if (isSent) expect(client.state.entries[own]?.progress).toBe(number);
        await sleep(random() * 20);
      }
      return JSON.parse(saved) as DeviceState;
    };
    const owned = [shared.pop(), shared.pop()] as [number, number];
    const running = Promise.all([run('phone', owned[0]), run('tablet', owned[1])]);
    while (storm.recoveries.length < KILLS) await storm.kill();
    ended = true;
    const states = await running;
    const devices = states.map(
      (state, index) => new OfflineClient(state, { ...options, device: `${index}`, save: () => undefined }),
    );
    // Each fetches once more after the other one has sent its changes.
    for (const index of [0, 1, 0, 1]) {
      const isSynchronized = async () =>
        devices[index]?.synchronize().then(
          () => true,
          () => false,
        );
      // The last kill may be a moment ago: then the service answers 503.
      await expect.poll(isSynchronized).toBe(true);
    }
    print(
      `${tally.changes} changes of two devices in ${tally.synchronizations} synchronizations, ` +
        `${tally.failures} of them interrupted, ${storm.summary}`,
    );

    const get = async (path: string) =>
      (await storm.service.fetch(path, { headers: reader.headers })).json() as Promise<never>;
    const { series } = (await get('/user/reading-history?limit=100')) as {
      series: { 'reading-history': StoredEntry & { series_id: number } }[];
    };
    const entries = Object.fromEntries(
      series.map(({ 'reading-history': entry }) => [entry.series_id, entry]),
    );
    for (const { state } of devices) {
      expect([state.outbox, state.sending]).toEqual([[], null]);
      expect(state.entries).toEqual(entries);
    }
    expect(entries[counted]?.progress).toBe(tally.increments);
    expect(entries[raised]?.progress).toBe(tally.highest);
    // Every change of a counter that only `max` writes has raised it.
    for (let before: number | null | undefined; before !== null;) {
      const range = before === undefined ? '' : `&before=${before}`;
      const page = (await get(`/user/events?limit=100&series=${raised}${range}`)) as {
        events: LoggedChange[];
        next: number | null;
      };
      for (const event of page.events) {
        expect(event.after?.progress).toBeGreaterThan(event.before?.progress ?? -1);
      }
      before = page.next;
    }
    expect(tally.failures).toBeGreaterThan(0);
    expect(await storm.end()).toBe(0);
  });
});
