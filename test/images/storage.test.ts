import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, request as send, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { createImageStore } from '../../src/images/create-image-store.js';
import type { ImageStore } from '../../src/images/image-store.js';
import { startS3, type TestS3 } from '../support/s3.js';

let folder: string;
let s3: TestS3;

/** An HTTP proxy in front of S3 that injects faults. */
let fault: 'none' | 'delay' | 'no response' | 'status 500' | 'closed connection' = 'none';
let proxy: Server;
let proxyPort: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tankobon-store-'));
  s3 = await startS3();
  proxy = createServer((request, response) => {
    const forward = () => {
      const target = { port: s3.port, path: request.url, method: request.method, headers: request.headers };
      const onward = send(target, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    };
    if (fault === 'status 500') response.writeHead(500).end();
    else if (fault === 'closed connection') request.socket.destroy();
    else if (fault === 'delay') setTimeout(forward, 300);
    else if (fault === 'none') forward();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.once('listening', resolve));
  proxyPort = (proxy.address() as AddressInfo).port;
});

afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

const onDisk = () => createImageStore(readConfig({ DATA_DIR: folder }));
const onS3 = (port = s3.port) =>
  createImageStore(readConfig({ DATA_DIR: folder, ...s3.env, S3_ENDPOINT: `http://127.0.0.1:${port}` }));

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text), type: 'image/webp' });

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString();
}

async function keysOf(store: ImageStore, time = new Date(Date.now() + 60_000)): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.keysOlderThan(time)) keys.push(key);
  return keys.toSorted();
}

describe.each([
  ['local disk', onDisk],
  ['S3', () => onS3()],
])('An image store on %s', (_, make) => {
  it('stores, opens, lists and removes image files', async () => {
    const store = make();
    await store.put('avatars/1/a/', [file('20x20.webp', 'small'), file('full.png', 'large file')]);
    await store.put('avatars/12/b/', [file('full.png', 'another')]);
    const opened = await store.open('avatars/1/a/full.png');
    expect(opened?.size).toBe(10);
    expect(await textOf(await opened!.stream(0, 9))).toBe('large file');
    expect(await textOf(await opened!.stream(6, 8))).toBe('fil');
    expect(await store.open('avatars/1/a/none.png')).toBeNull();
    expect(await store.open('avatars/1/a/full.png/none')).toBeNull();
    expect(await keysOf(store)).toEqual([
      'avatars/1/a/20x20.webp',
      'avatars/1/a/full.png',
      'avatars/12/b/full.png',
    ]);
    expect(await keysOf(store, new Date(0))).toEqual([]);
    await store.removeAll('avatars/1/a/');
    expect(await keysOf(store)).toEqual(['avatars/12/b/full.png']);
    await store.removeAll('avatars/1/a/');
    await store.removeAll('avatars/1/');
    expect(await keysOf(store)).toEqual(['avatars/12/b/full.png']);
    await store.removeAll('avatars/12/');
    expect(await keysOf(store)).toEqual([]);
    await store.check();
  });
});

describe('An image store on local disk', () => {
  it('leaves no temporary file after a failed write', async () => {
    const store = onDisk();
    await store.put('taken/', [file('below', 'x')]);
    await expect(store.put('taken/below/', [file('a', 'x')])).rejects.toMatchObject({
      definition: { status: 503 },
    });
    expect(await readdir(join(folder, 'images', '.unfinished'))).toEqual([]);
    await store.removeAll('taken/');
  });

  it('removes old temporary files of a killed process and keeps recent ones', async () => {
    const unfinished = join(folder, 'images', '.unfinished');
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'young'), 'x');
    await writeFile(join(unfinished, 'old'), 'x');
    const { utimes } = await import('node:fs/promises');
    await utimes(join(unfinished, 'old'), new Date(0), new Date(0));
    await onDisk().removeUnfinished();
    expect(await readdir(unfinished)).toEqual(['young']);
  });
});

describe('An image store that fails', () => {
  it('completes operations on an S3 server that responds after 300 ms', async () => {
    const store = onS3(proxyPort);
    fault = 'delay';
    await store.put('slow/', [file('a', 'x'), file('b', 'y')]);
    const opened = await store.open('slow/b');
    expect(await textOf(await opened!.stream(0, 0))).toBe('y');
    await store.removeAll('slow/');
    expect(await store.open('slow/a')).toBeNull();
    fault = 'none';
  });

  it.each(['no response', 'status 500', 'closed connection'] as const)(
    'throws a 503 error with retryAfter on an S3 fault and recovers after it: %s',
    async (state) => {
      const store = onS3(proxyPort);
      await store.put('front/', [file('a', 'x')]);
      fault = state;
      const refused = { definition: { status: 503 }, extra: { retryAfter: expect.any(Number) } };
      await Promise.all([
        expect(store.put('front/b/', [file('b', 'x')])).rejects.toMatchObject(refused),
        expect(store.open('front/a')).rejects.toMatchObject(refused),
        expect(store.removeAll('front/')).rejects.toMatchObject(refused),
        expect(store.check()).rejects.toMatchObject(refused),
      ]);
      fault = 'none';
      expect(await store.open('front/a')).not.toBeNull();
      await store.removeAll('front/');
    },
  );

  it('rejects file operations when STORAGE_DRIVER is none', async () => {
    const store = createImageStore(readConfig({ DATA_DIR: folder, STORAGE_DRIVER: 'none' }));
    expect(store.handlesFiles).toBe(false);
    expect(() => store.requireFiles()).toThrow('This service is not handling file uploads.');
    await store.check();
  });
});
