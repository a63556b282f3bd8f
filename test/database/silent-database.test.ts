import { EntityManager } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import {
  AppError,
  insufficientStorage,
  type ErrorFactory as ErrorOf,
  serviceUnavailable,
} from '../../src/http/app-error.js';
import { Transactions } from '../../src/database/transactions.js';
import { toAppError } from '../../src/http/to-app-error.js';
import { appForFile, startApp } from '../support/app.js';
import { cloneDatabase, timeouts } from '../support/database.js';
import { TcpProxy } from '../support/tcp-proxy.js';

timeouts.production = true;
const app = appForFile();

describe('A database that does not respond', () => {
  it('answers 503 to every request while the database does not respond, and 200 soon after it recovers', async () => {
    const database = await cloneDatabase();
    const proxy = await TcpProxy.toDatabase(database.url);
    const url = proxy.through(database.url);
    const proxiedApp = await startApp({}, { ...database, url, requestUrl: url });
    const reader = await proxiedApp.a.user();
    const client = proxiedApp.client.as(reader);
    const series = await proxiedApp.a.oneSeries();
    const entry = await proxiedApp.a.entry();
    expect((await client.post(`/user/reading-status/add/${series}`, entry)).status).toBe(200);
    // Opens connections that are idle when the network fails.
    await Promise.all(Array.from({ length: 20 }, () => client.get('/auth/me')));
    proxy.discardData();
    const answers = await Promise.all([
      ...Array.from({ length: 12 }, () => client.get('/user/reading-history')),
      client.put('/users/current', { first_name: 'Lost' }),
      client.post(`/user/reading-status/update/${series}`, entry),
      proxiedApp.client.get('/series'),
      proxiedApp.client.get('/health/ready'),
      proxiedApp.client.post('/auth/login', { username: reader.username, password: reader.password }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    expect((await proxiedApp.client.get('/health/live')).status).toBe(200);
    proxy.forwardData();
    await expect.poll(async () => (await client.get('/auth/me')).status).toBe(200);
    const after = await Promise.all(Array.from({ length: 30 }, () => client.get('/user/reading-history')));
    expect(new Set(after.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await client.put('/users/current', { first_name: 'Found' })).body.first_name).toBe('Found');
    await proxiedApp.close();
    await proxy.close();
    await database.drop();
  });
});

describe('A connection that is lost within a transaction', () => {
  it.each(['while a statement runs', 'between two statements'])(
    'frees the pool slot of a connection that is lost %s',
    async (when) => {
      const client = app.client.as(await app.a.user());
      const transactions = app.nest.get(Transactions);
      const em = app.nest.get(EntityManager);
      // More losses than the pool has slots: if slots leaked, requests and shutdown would hang.
      for (let lost = 0; lost < 12; lost++) {
        const attempt = transactions.run(async () => {
          await em.execute('set local statement_timeout = 0');
          const [own] = await em.execute<{ pid: number }[]>('select pg_backend_pid() as pid');
          const terminated = () => app.database.query('select pg_terminate_backend($1)', [own?.pid]);
          if (when === 'while a statement runs') {
            const sleep = em.execute('select pg_sleep(60)');
            const sleeping = () =>
              app.database.query(
                `select from pg_stat_activity where pid = $1 and state = 'active' and query like '%pg_sleep%'`,
                [own?.pid],
              );
            // Awaited together, so that the rejection of the sleep is always handled.
            await Promise.all([
              sleep,
              expect
                .poll(async () => (await sleeping()).length)
                .toBe(1)
                .then(terminated),
            ]);
          } else {
            await terminated();
            const backends = () =>
              app.database.query('select from pg_stat_activity where pid = $1', [own?.pid]);
            await expect.poll(async () => (await backends()).length).toBe(0);
            throw new Error('for another reason');
          }
        });
        await expect(attempt).rejects.toThrow(
          when === 'while a statement runs'
            ? /terminating connection|Connection terminated/
            : /another reason/,
        );
      }
      expect((await client.get('/auth/me')).status).toBe(200);
    },
  );
});

describe('A row that stays locked', () => {
  it('answers 503 with Retry-After to writes of a locked row, and serves reads', async () => {
    const reader = await app.a.user();
    const client = app.client.as(reader);
    const series = await app.a.oneSeries();
    const entry = await app.a.entry();
    await client.post(`/user/reading-status/add/${series}`, entry);
    await client.post(`/user/series-rating/add/${series}`, { rating: 5 });
    const holder = new Client({ connectionString: app.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select from reading_entries where user_id = $1 for update', [reader.id]);
    await holder.query('select from ratings where user_id = $1 for update', [reader.id]);
    await holder.query('select from users where id = $1 for update', [reader.id]);
    const answers = await Promise.all([
      client.post(`/user/reading-status/update/${series}`, entry),
      client.delete(`/user/reading-status/delete/${series}`),
      client.post(`/user/series-rating/update/${series}`, { rating: 6 }),
      client.put('/users/current', { first_name: 'Held' }),
      client.delete('/users/current'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503]);
    for (const { headers } of answers) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    // Reads are served meanwhile.
    expect((await client.get('/user/reading-history')).status).toBe(200);
    await holder.query('rollback');
    await holder.end();
    expect((await client.post(`/user/reading-status/update/${series}`, entry)).status).toBe(200);
  });
});

describe('toAppError', () => {
  const error = (fields: object, message = 'from the database') => Object.assign(new Error(message), fields);
  const CASES: readonly (readonly [string, Error, ErrorOf])[] = [
    ['a full disk', error({ code: '53100', file: 'md.c' }, 'could not extend file'), insufficientStorage],
    [
      'full shared memory',
      error(
        { code: '53100' },
        'could not resize shared memory segment "/PostgreSQL.1" to 8 bytes: No space left on device',
      ),
      serviceUnavailable,
    ],
    [
      'full shared memory in another language',
      error({ code: '53100', file: 'dsm_impl.c' }),
      serviceUnavailable,
    ],
    ...[
      '53200',
      '53300',
      '57014',
      '57P01',
      '57P02',
      '57P03',
      '55P03',
      '40001',
      '40P01',
      '08000',
      '08003',
      '08006',
      '25006',
    ].map((code) => [code, error({ code }), serviceUnavailable] as const),
    ...['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED', 'EHOSTUNREACH'].map(
      (code) => [code, error({ code, syscall: 'read' }), serviceUnavailable] as const,
    ),
    ...[
      'timeout exceeded when trying to connect',
      'timeout expired',
      'Connection terminated unexpectedly',
      'Connection terminated due to connection timeout',
      'Client has encountered a connection error and is not queryable',
      'Query read timeout',
    ].map((message) => [message, error({}, message), serviceUnavailable] as const),
  ];

  it.each(CASES)('maps the database error "%s" to its HTTP status', (_, thrown, expected) => {
    const translated = toAppError(thrown);
    expect(translated).toBeInstanceOf(AppError);
    expect(translated.definition.status).toBe(expected.status);
  });
});
