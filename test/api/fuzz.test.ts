import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { appForFile } from '../support/app.js';
import { type DocumentedOperation, operations } from '../support/document.js';
import { seededRandom } from '../support/random.js';

const app = appForFile();

/** A seeded generator of integers below a bound. */
function seededIntegers(defaultSeed: number): (bound: number) => number {
  const random = seededRandom(defaultSeed);
  return (bound) => Math.floor(random() * bound);
}

const NASTY: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.1,
  1e308,
  -0,
  2 ** 53,
  '',
  ' ',
  '0',
  'null',
  '-1',
  '1e9',
  'NaN',
  '%',
  '%00',
  '\u0000',
  '\ud800',
  '\u202e',
  'é'.normalize('NFD'),
  '🦊'.repeat(300),
  'x'.repeat(70_000),
  '../../etc/passwd',
  "' or 1=1 --",
  '{"$ne":null}',
  '${7*7}',
  '<script>',
  '\r\nSet-Cookie: a=b',
  '2026-02-30',
  '9999999999999999999999',
  [],
  {},
  [[[[]]]],
  { $ne: null },
  { length: 5 },
  { toString: 1 },
  JSON.parse(`{"then":1}`),
  ['a', 1, null],
  { __proto__: { a: 1 } },
];
const IDS = [
  '0',
  '-1',
  '1.5',
  '1e3',
  '99999999999999999999',
  'x',
  '%00',
  '%20',
  '%ff',
  '..%2f',
  'null',
  '{id}',
  '1;x',
  '%F0%9F%A6%8A',
  'f'.repeat(24),
  'F'.repeat(24),
  'a'.repeat(3000),
];

const QUERIES = [
  'limit=',
  'limit=0',
  'limit=-1',
  'limit=1e9',
  'limit[]=1',
  'offset=99999999999999999999',
  'order=x',
  'search=%00',
  'search=%25_%5C',
  `search=${'a'.repeat(201)}`,
  'status=,',
  'client=x',
  'user_lang=%F0%9F%A6%8A',
  'limit=1&limit=2',
  '__proto__=1',
  'constructor[prototype]=1',
  '%',
  'a=%zz',
  'search[$ne]=1',
  'type=Manga%00',
];

function malformed(operation: DocumentedOperation, roll: (bound: number) => number) {
  const pick = <T>(values: readonly T[]): T => values[roll(values.length)] as T;
  let url = operation.path.replace(/\{\w+\}/g, () => (roll(3) === 0 ? pick(IDS) : '1'));
  if (roll(3) === 0) url += `?${pick(QUERIES)}`;
  const media = operation.requestBody?.content?.['application/json'] as { example?: object } | undefined;
  if (media?.example === undefined) return { url, body: roll(2) === 0 ? pick(NASTY) : undefined };
  const body = structuredClone(media.example) as Record<string, unknown>;
  for (let count = 1 + roll(3); count > 0; count--) {
    const fields = Object.keys(body);
    const field =
      roll(8) === 0
        ? pick(['constructor', 'id', 'user_id', 'passwordHash', '__proto__', 'x'.repeat(200)])
        : pick(fields);
    if (roll(6) === 0) delete body[field as string];
    else
      Object.defineProperty(body, field as string, {
        value: pick(NASTY),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return { url, body: roll(15) === 0 ? pick(NASTY) : body };
}

describe('malformed requests', () => {
  it('answers 2,600 malformed requests as documented and without 5xx', async () => {
    const roll = seededIntegers(20_261_122);
    const [admin, reader] = [await app.a.administrator(), await app.a.user()];
    const harmful =
      /^(adminUsersDelete|usersDelete|usersDeleteCurrent|auth(Logout|SessionsEnd.*)|adminUsersLogout|rolesUpdate|rolesDelete|adminUsersUpdate)$/;
    const targets = operations.filter(({ operationId }) => !harmful.test(operationId));
    const statuses = new Map<number, number>();
    for (let count = 0; count < 2_600; count++) {
      const operation = targets[roll(targets.length)] as DocumentedOperation;
      const { url, body } = malformed(operation, roll);
      const client = roll(4) === 0 ? app.client : app.client.as(roll(2) === 0 ? admin : reader);
      const { status, text } = await client.send(operation.method, url, body);
      // By contract, deleting a profile image that does not exist answers 500.
      const isContract = /^profileImageDelete|adminProfileImageDelete/.test(operation.operationId);
      if (!isContract)
        expect(
          status,
          `request ${count}: ${operation.method} ${url.slice(0, 200)} ${JSON.stringify(body)?.slice(0, 300)} -> ${text}`,
        ).toBeLessThan(500);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(statuses.get(400)).toBeGreaterThan(300);
    expect((await app.client.as(admin).get('/auth/me')).status).toBe(200);
  });

  it('answers or closes 400 connections with random bytes, without 5xx except 505, and keeps running', async () => {
    await app.nest.listen(0, '127.0.0.1');
    const { port } = app.nest.getHttpServer().address() as AddressInfo;
    const roll = seededIntegers(7);
    const pieces = [
      'GET',
      'POST',
      ' ',
      '/',
      '/series',
      '/auth/login',
      ' HTTP/1.1',
      ' HTTP/9.9',
      '\r\n',
      '\n',
      '\r',
      'Host: x',
      'Content-Length: 5',
      'Content-Length: -1',
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: x',
      '0\r\n\r\n',
      'ffffffffffffffff\r\n',
      'Content-Type: application/json',
      '{"a":',
      '\u0000',
      'Cookie: refreshToken=x',
      'Authorization: Bearer x',
      'Expect: 100-continue',
      'Upgrade: websocket',
      'Connection: upgrade',
      'x'.repeat(9000),
      ': ',
      'A:\tb',
    ];
    const sendAndEnd = (bytes: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
        let text = '';
        socket.on('data', (chunk) => (text += chunk.toString()));
        socket.on('close', () => resolve(text));
        socket.on('error', () => resolve(text));
        socket.setTimeout(5_000, () => {
          socket.destroy();
          resolve(text);
        });
      });
    for (let round = 0; round < 40; round++) {
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => {
          const whole = roll(2) === 0 ? 'GET /series HTTP/1.1\r\nHost: x\r\n' : '';
          return sendAndEnd(
            whole + Array.from({ length: 1 + roll(12) }, () => pieces[roll(pieces.length)]).join(''),
          );
        }),
      );
      for (const answer of answers) expect(answer).not.toMatch(/^HTTP\/1\.1 5(?!05)/);
    }
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200);
  });
});
