import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullPng, gifOf, hollowPng } from '../support/bombs.js';
import { HANG, percentile, Service, type ServiceUser } from '../support/service.js';

const MEGABYTE = 1024 * 1024;
let service: Service;
let user: ServiceUser;

beforeAll(async () => {
  service = await Service.start();
  user = await service.user();
});
afterAll(() => service.discard());

const upload = (owner: ServiceUser, bytes: Buffer) => {
  const body = new FormData();
  body.set('image', new Blob([new Uint8Array(bytes)]), 'me.png');
  return service.fetch(`/v1/users/${owner.id}/avatars`, { method: 'POST', headers: owner.headers, body });
};

describe('image bombs', () => {
  it.each([
    ['a PNG of 16,000 x 16,000, a gigabyte decoded', () => fullPng(16_000, 16_000)],
    ['a PNG that only announces a gigabyte', () => Promise.resolve(hollowPng(16_384, 16_384))],
    ['a GIF of 200,000 frames', () => Promise.resolve(gifOf(200_000))],
  ])('rejects within a second and 150 MB of memory: %s', async (name, make) => {
    const bytes = await make();
    // The first upload loads code. It runs before the measurement.
    expect((await upload(user, Buffer.alloc(4_000_000))).status).toBe(400);
    await sleep(500);
    const before = await service.memory();
    await service.resetPeakMemory();
    const begin = performance.now();
    const answer = await upload(user, bytes);
    const milliseconds = performance.now() - begin;
    const more = ((await service.memory()).peak - before.now) / MEGABYTE;
    process.stdout.write(
      `${name}, ${bytes.length} bytes: ${milliseconds.toFixed(0)} ms, ${more.toFixed(0)} MB more\n`,
    );
    expect(await answer.json()).toMatchObject({ data: 'Invalid image' });
    expect(milliseconds).toBeLessThan(HANG);
    expect(more).toBeLessThan(150);
  });
});

describe('sign-in during uploads', () => {
  it('answers each sign-in during 40 concurrent uploads', async () => {
    const users = await Promise.all(Array.from({ length: 40 }, () => service.user()));
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const picture = await sharp({
      create: { width: 1920, height: 1080, channels: 3, background: 'black', noise },
    })
      .jpeg({ quality: 90 })
      .toBuffer();
    let done = false;
    const uploads = Promise.all(users.map((owner) => upload(owner, picture))).finally(() => (done = true));
    const times: number[] = [];
    while (!done) {
      const begin = performance.now();
      const json = { username: user.username, password: user.password };
      expect((await service.fetch('/auth/login', { method: 'POST', json })).status).toBe(200);
      times.push(performance.now() - begin);
      await sleep(20);
    }
    const statuses = (await uploads).map(({ status }) => status);
    process.stdout.write(
      `40 uploads of ${picture.length} bytes, ${times.length} sign-ins: p50 ${percentile(times, 0.5).toFixed(0)} ms, ` +
        `p99 ${percentile(times, 0.99).toFixed(0)} ms\n`,
    );
    expect(statuses.every((status) => status === 201)).toBe(true);
    expect(times.length).toBeGreaterThan(0);
    expect(percentile(times, 0.99)).toBeLessThan(HANG);
  });
});

describe('shutdown during uploads', () => {
  it('completes the uploads in progress after SIGTERM, then exits', async () => {
    const other = await Service.start();
    try {
      const owners = await Promise.all(Array.from({ length: 10 }, () => other.user()));
      const picture = await sharp({ create: { width: 1920, height: 1080, channels: 3, background: 'red' } })
        .png()
        .toBuffer();
      const send = (owner: ServiceUser) => {
        const body = new FormData();
        body.set('image', new Blob([new Uint8Array(picture)]), 'me.png');
        return other.fetch(`/v1/users/${owner.id}/avatars`, { method: 'POST', headers: owner.headers, body });
      };
      let first: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => (first = resolve));
      const answers = owners.map(async (owner) => {
        const { status } = await send(owner);
        first();
        return status;
      });
      // The others wait for the encoder's thread, which works on the second.
      await begun;
      expect(await other.stop()).toBe(0);
      expect(await Promise.all(answers)).toEqual(owners.map(() => 201));
    } finally {
      await other.discard();
    }
  });
});
