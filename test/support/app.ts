import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EntityManager } from '@mikro-orm/postgresql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModule } from '@nestjs/testing';
import { hash } from '@node-rs/argon2';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { afterAll, beforeAll, inject, onTestFinished, TestRunner } from 'vitest';
import { Passwords } from '../../src/access/passwords.js';
import { AppModule } from '../../src/app.module.js';
import { configureApp, createAdapter, databaseSettings } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { Builders } from './builders.js';
import { TestClient } from './client.js';
import { cloneDatabase, LIFTED, type TestDatabase, timeouts } from './database.js';

export const JWT_SECRET = 'a secret for tests, of more than 32 bytes';

/** A running service with its own database. */
export interface TestApp {
  readonly nest: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly client: TestClient;
  /** Every route that Fastify serves, as `GET /series/:id`. */
  readonly routes: readonly string[];
  readonly a: Builders;
  close(): Promise<void>;
}

/** Image store of the apps of a test file: the local disk unless `on-s3.ts` is imported. */
export const storage: { env: Readonly<Record<string, string>> } = { env: {} };

/** Raises the timeouts of statements and of the connection pool, so that a busy host does not cause 503. */
async function liftTimeouts(module: TestingModule): Promise<void> {
  if (timeouts.production) return;
  const pool = (await module.get(EntityManager).getConnection().getNativeClient()) as Pool;
  // The pool reads its options at each use and for each new connection.
  pool.options.connectionTimeoutMillis = LIFTED.statement_timeout;
  // Poolers accept no startup parameters: `cloneDatabase` sets these for the database.
  if (inject('poolerUrl') === '') Object.assign(pool.options, LIFTED);
}

/**
 * Hashes passwords at the least cost: the suite registers thousands of users. A stored hash names its own cost, so that
 * passwords are checked as in production.
 */
class FastPasswords extends Passwords {
  override async hash(password: string): Promise<string> {
    return hash(password.normalize('NFC'), { memoryCost: 8, timeCost: 1, parallelism: 1 });
  }
}

/**
 * Starts the app from the production module. Rate limits and load shedding are off unless `env` enables them. An app that
 * a test starts is closed at the end of the test, an app of a hook by the file.
 */
export async function startApp(env: Record<string, string> = {}, shared?: TestDatabase): Promise<TestApp> {
  const dataDir = env['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'tankobon-data-')));
  const database = shared ?? (await cloneDatabase());
  const config = readConfig({
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '10',
    JWT_SECRET,
    RATE_LIMIT: 'off',
    SHED_LOAD: 'off',
    LOG_LEVEL: 'silent',
    ...storage.env,
    ...env,
  });
  const running = {
    url: database.requestUrl,
    directUrl: database.url,
    close: () => Promise.resolve(),
    kill: () => undefined,
  };
  const module = await Test.createTestingModule({
    imports: [AppModule.for(config, databaseSettings(config, running))],
  })
    .overrideProvider(Passwords)
    .useClass(FastPasswords)
    .compile();
  await liftTimeouts(module);
  const adapter = createAdapter(config);
  const routes: string[] = [];
  (adapter.getInstance() as unknown as FastifyInstance).addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push(`${one} ${url}`);
  });
  const nest = module.createNestApplication<NestFastifyApplication>(adapter, {
    bodyParser: false,
    logger: false,
  });
  await configureApp(nest, config);
  await nest.init();
  await nest.getHttpAdapter().getInstance().ready();
  const client = new TestClient(nest);
  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= (async () => {
      await nest.close();
      if (shared === undefined) await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    })());
  // A test that fails does not reach its last lines.
  if (TestRunner.getCurrentTest() !== undefined) onTestFinished(close);
  return {
    nest,
    database,
    routes,
    client,
    a: new Builders(nest, client, database),
    close,
  };
}

/** One app for all tests of a file: `const app = appForFile()`. */
export function appForFile(env: Record<string, string> = {}): TestApp {
  const holder: { app?: TestApp } = {};
  beforeAll(async () => {
    holder.app = await startApp(env);
  });
  afterAll(async () => holder.app?.close());
  return new Proxy({} as TestApp, {
    get: (_, property) => Reflect.get(holder.app as TestApp, property),
  });
}
