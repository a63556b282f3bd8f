import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { head } from '../support/raw.js';
import { Service, type ServiceUser } from '../support/service.js';

describe('clients that disconnect', () => {
  let service: Service;
  let reader: ServiceUser;
  let picture: string;
  beforeAll(async () => {
    service = await Service.start({ LOG_LEVEL: 'warn' });
    reader = await service.user();
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const;
    const bytes = await sharp({ create: { width: 900, height: 900, channels: 3, background: 'red', noise } })
      .jpeg({ quality: 95 })
      .toBuffer();
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(bytes)]), 'a.jpg');
    const { headers } = reader;
    const sent = await service.fetch(`/v1/users/${reader.id}/avatars`, {
      method: 'POST',
      headers,
      body: form,
    });
    const { versions } = (await sent.json()) as { versions: Record<string, { url: string }> };
    picture = new URL(versions['full']?.url ?? '').pathname;
  });
  afterAll(async () => service.discard());

  /** Sends bytes, and closes or resets the connection after some milliseconds. */
  async function hangUp(bytes: string, how: 'end' | 'reset', wait: number): Promise<void> {
    const socket = connect(Number(new URL(service.url).port), 'localhost');
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(bytes);
    await sleep(wait);
    if (how === 'reset') socket.resetAndDestroy();
    else socket.destroy();
  }

  it('logs nothing above info when clients disconnect in the middle of requests and responses', async () => {
    const json = { 'content-type': 'application/json', ...reader.headers };
    const form = { 'content-type': 'multipart/form-data; boundary=x', ...reader.headers };
    const part = '--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\nabc';
    const requests = [
      'GET /series HTTP/1.1\r\nHo',
      head('GET', '/series?limit=100', { 'accept-encoding': 'br' }).repeat(4),
      head('GET', picture, {}).repeat(4),
      head('GET', '/openapi.json', {}).repeat(4),
      head('HEAD', picture, {}).repeat(4),
      head('GET', '/auth/me', reader.headers).repeat(4),
      `${head('POST', '/auth/login', { ...json, 'content-length': 100 })}{"username"`,
      `${head('POST', '/auth/login', { ...json, 'content-length': 8_000_000 })}${'x'.repeat(200_000)}`,
      `${head('POST', '/auth/login', { ...json, 'transfer-encoding': 'chunked' })}ff\r\n{"a"`,
      `${head('POST', `/user/update-image/${reader.id}`, { ...json, 'content-length': 900_000 })}{"image":"`,
      `${head('POST', `/v1/users/${reader.id}/avatars`, { ...form, 'content-length': 90_000 })}${part}`,
    ];
    for (const bytes of requests) {
      for (const how of ['end', 'reset'] as const) {
        for (const wait of [0, 2, 20]) await hangUp(bytes, how, wait);
      }
    }
    const alive = await service.fetch('/auth/me', { headers: reader.headers });
    expect(alive.status).toBe(200);
    const logged = service.printed.split('\n').filter((line) => line.startsWith('{"level"'));
    expect(logged).toEqual([]);
  });
});
