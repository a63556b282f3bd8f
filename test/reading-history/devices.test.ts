import type { AddressInfo } from 'node:net';
import { beforeAll, expect, it } from 'vitest';
import { type DeviceState, EMPTY, OfflineClient } from '../../openapi/client/offline-client.js';
import { appForFile } from '../support/app.js';

const app = appForFile();

/** `npm run test:resilience` raises both numbers. */
const SEEDS = Number(process.env['DEVICES_SEEDS'] ?? 2);
const OPERATIONS = Number(process.env['DEVICES_OPERATIONS'] ?? 400);

let server: string;
beforeAll(async () => {
  await app.nest.listen(0, '127.0.0.1');
  const { port } = app.nest.getHttpServer().address() as AddressInfo;
  server = `http://127.0.0.1:${port}`;
});

/** A generator of numbers from 0 to 1, the same for the same seed: mulberry32. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
  'ends with equal states of three devices that are offline, retry and lose answers, and of the server: seed %d',
  async (seed) => {
    const random = generator(seed);
    const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
    const reader = await app.a.user();
    const client = await app.a.clientId();
    const ids = await app.a.series(...Array.from({ length: 12 }, () => ({})));
    let keys = 0;
    /** What each device has saved. */
    const saved = [0, 1, 2].map(() => JSON.stringify(EMPTY));
    /** A third of the requests is cut off: before it is sent, or before its answer is read. */
    const unreliable: typeof fetch = async (...request) => {
      if (random() < 0.15) throw new Error('offline');
      const answer = await fetch(...request);
      if (random() < 0.15) throw new Error('the answer was lost');
      return answer;
    };
    /** A device that starts from its saved state. */
    const device = (index: number, transport = unreliable) =>
      new OfflineClient(JSON.parse(saved[index] ?? '') as DeviceState, {
        server,
        accessToken: reader.accessToken,
        client,
        device: `device ${index}`,
        save: (state) => {
          saved[index] = JSON.stringify(state);
        },
        fetch: transport,
        newKey: () => `${seed}-${index}-${keys++}`,
      });
    const increments = new Map<number, number>();
    const fields = await app.a.entry({ client: undefined });
    const change = async (index: number) => {
      const one = device(index);
      const series_id = pick(ids);
      const value = Math.floor(random() * 200);
      await pick([
        () => one.readUpTo(series_id, value),
        () => one.readUpTo(series_id, value),
        () => one.queue({ op: 'progress', mode: 'increment', value: 1, series_id, progressType: 'volumes' }),
        () => one.queue({ op: 'put', series_id, ...fields, progress: value } as never),
        () => one.queue({ op: 'patch', series_id, priority: pick(['low', 'mid', 'high'] as const) } as never),
        () => one.queue({ op: 'delete', series_id }),
      ])();
    };
    // A series that only increments touch: none is lost or done twice.
    const counted = await app.a.oneSeries();
    for (let done = 0; done < OPERATIONS; done++) {
      const index = Math.floor(random() * 3);
      if (random() < 0.2) {
        await device(index).queue({ op: 'progress', mode: 'increment', value: 1, series_id: counted });
        increments.set(index, (increments.get(index) ?? 0) + 1);
      } else await change(index);
      // A device is offline for some time. One that fails starts again from its saved state.
      if (random() < 0.25)
        await device(index)
          .synchronize()
          .catch(() => undefined);
      if (random() < 0.05) {
        await Promise.all(
          [0, 1, 2].map((one) =>
            device(one)
              .synchronize()
              .catch(() => undefined),
          ),
        );
      }
    }
    // All are online again. Each fetches once more after the others have sent their changes.
    for (const one of [0, 1, 2, 0, 1, 2]) await device(one, fetch).synchronize();

    const history = await app.client.as(reader).get('/user/reading-history?limit=100');
    const entries = Object.fromEntries(
      history.body.series.map((one: Record<string, { series_id: number }>) => [
        one['reading-history']?.series_id,
        one['reading-history'],
      ]),
    );
    for (const text of saved) {
      const state = JSON.parse(text) as DeviceState;
      expect([state.outbox, state.sending]).toEqual([[], null]);
      expect(state.entries).toEqual(entries);
    }
    const total = [...increments.values()].reduce((sum, one) => sum + one, 0);
    expect(entries[counted].progress).toBe(total);
  },
);

it('repeats a request whose answer was lost, although the device has another name and client since', async () => {
  const reader = await app.a.user();
  const series = await app.a.oneSeries();
  let saved = EMPTY;
  const device = async (name: string, transport: typeof fetch) =>
    new OfflineClient(structuredClone(saved), {
      server,
      accessToken: reader.accessToken,
      client: await app.a.clientId(),
      device: name,
      save: (state) => {
        saved = structuredClone(state);
      },
      fetch: transport,
    });
  const losesAnswers: typeof fetch = async (...request) => {
    await fetch(...request);
    throw new Error('the answer was lost');
  };
  const phone = await device('phone', losesAnswers);
  await phone.queue({ op: 'progress', mode: 'increment', value: 1, series_id: series });
  await expect(phone.synchronize()).rejects.toThrow();
  const renamed = await device('Haruka’s phone', fetch);
  await renamed.synchronize();
  expect(saved.sending).toBeNull();
  expect(saved.entries[series]?.progress).toBe(1);
});
