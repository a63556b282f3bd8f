import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Global, Module } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdapter } from '../../src/app.js';
import { Config, readConfig } from '../../src/config.js';
import { DashboardModule } from '../../src/dashboard/dashboard.module.js';
import { ErrorFilter } from '../../src/http/error.filter.js';
import { secureAnswers } from '../../src/http/security-headers.js';

const config = readConfig({ PUBLIC_URL: 'https://example.org/tankobon' });

@Global()
@Module({ providers: [{ provide: Config, useValue: config }], exports: [Config] })
class ConfigModule {}

const PAGE = '<script src="./assets/index-a1.js"></script>';
const SCRIPT = `export const text = ${JSON.stringify('a script '.repeat(300))};`;

async function serve(folder: string): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({
    imports: [ConfigModule, DashboardModule.of(folder)],
  }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(createAdapter(config), { logger: false });
  secureAnswers(app.getHttpAdapter().getInstance() as never, config);
  app.useGlobalFilters(new ErrorFilter());
  await app.init();
  return app;
}

describe('the files of the dashboard', () => {
  let parent: string;
  let folder: string;
  let app: NestFastifyApplication;
  const get = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    app.inject({ method, url, headers });

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'tankobon-dashboard-'));
    folder = join(parent, 'dist');
    app = await serve(folder);
  });
  afterAll(async () => {
    await (app as INestApplication).close();
    await rm(parent, { recursive: true });
  });

  it('are a clear 404 until the dashboard is built', async () => {
    const answer = await get('/dashboard');
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { data: 'The dashboard is not built', code: 404 },
    ]);
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, 'assets', 'index-a1.js'), SCRIPT);
    await writeFile(join(parent, 'secret.js'), 'secret');
    expect((await get('/dashboard')).statusCode).toBe(200);
  });

  it('show the same page at every path without an extension, at the path of PUBLIC_URL', async () => {
    for (const path of ['/dashboard', '/dashboard/', '/dashboard/users/6740a1b2c3d4e5f601234567/show']) {
      const { statusCode, headers, body } = await get(path);
      expect([path, statusCode, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(body).toBe('<script src="/tankobon/dashboard/assets/index-a1.js"></script>');
      expect(headers['cache-control']).toBe('no-cache');
      const policy = String(headers['content-security-policy']);
      expect(policy).toMatch(/script-src 'self';/);
      expect(policy).toContain("img-src 'self' data: blob: https://example.org;");
    }
  });

  it('answer 304 to a browser that has the current page, and HEAD without a body', async () => {
    const { headers } = await get('/dashboard');
    const again = await get('/dashboard', { 'if-none-match': String(headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    for (const path of ['/dashboard', '/dashboard/users', '/dashboard/assets/index-a1.js']) {
      const head = await get(path, {}, 'HEAD');
      const whole = await get(path);
      expect([head.statusCode, head.body], path).toEqual([200, '']);
      expect(head.headers['content-length']).toBe(whole.headers['content-length']);
    }
  });

  it('are immutable and compressed if their names have a hash', async () => {
    const { statusCode, headers, rawPayload } = await get('/dashboard/assets/index-a1.js', {
      'accept-encoding': 'gzip, br',
    });
    expect([statusCode, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect(headers['content-encoding']).toBe('br');
    expect(rawPayload.length).toBeLessThan(SCRIPT.length / 4);
  });

  it('are those of the folder alone', async () => {
    for (const path of ['assets/absent.js', '../secret.js', '%2e%2e/secret.js', 'assets/..%2f..%2fsecret.js'])
      expect((await get(`/dashboard/${path}`)).statusCode, path).toBe(404);
  });
});
