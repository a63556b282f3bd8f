import { describe, expect, it } from 'vitest';
import { addressKey } from '../../src/http/client-address.js';
import { appForFile, startApp, type TestApp } from '../support/app.js';
import { unique } from '../support/builders.js';

const app = appForFile();

/** Statuses of failed sign-ins of one name, one for each value of X-Forwarded-For. */
async function failedSignIns(of: TestApp, forwarded: readonly string[]): Promise<number[]> {
  const username = unique('guess');
  const statuses: number[] = [];
  for (const value of forwarded) {
    const client = of.client.with({ 'x-forwarded-for': value });
    statuses.push((await client.post('/auth/login', { username, password: 'wrong password' })).status);
  }
  return statuses;
}

/** The client address that the list of sessions shows. */
async function sessionAddress(of: TestApp, forwarded: string): Promise<string> {
  const { username, password } = await of.a.user();
  const client = of.client.with({ 'x-forwarded-for': forwarded });
  const { body } = await client.post('/auth/login', { username, password });
  const { sessions } = (
    await of.client.with({ authorization: `Bearer ${body.accessToken}` }).get('/auth/sessions')
  ).body;
  return sessions.find(({ current }: { current: boolean }) => current).ip;
}

const eleven = (make: (index: number) => string) => Array.from({ length: 11 }, (_, index) => make(index));
const onlyLastIsLimited = [...Array.from({ length: 10 }, () => 401), 429];

describe('the client address', () => {
  it.each([
    ['one port after another', (index: number) => `203.0.113.7:${51_234 + index}`],
    ['IPv6 in brackets with ports', (index: number) => `[2001:db8::7]:${443 + index}`],
    ['addresses of one /64', (index: number) => `2001:db8:7::${(index + 1).toString(16)}`],
    ['addresses of one /64 in brackets', (index: number) => `[2001:db8:8::${(index + 1).toString(16)}]`],
    ['entries that are no address', (index: number) => `203.0.113.${index}, [2001:db8:7::i]`],
    ['made-up entries on the left', (index: number) => `198.51.100.${index}, 203.0.113.77`],
    [
      'an IPv4 address in its IPv6 forms',
      (index: number) => (index % 2 === 0 ? '203.0.113.9' : '::ffff:cb00:7109'),
    ],
  ])('counts failed sign-ins of one client address against one limit: %s', async (_, make) => {
    const limited = await startApp({ RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1' }, app.database);
    expect(await failedSignIns(limited, eleven(make))).toEqual(onlyLastIsLimited);
    await limited.close();
  });

  it('counts failed sign-ins of different client addresses separately behind inner proxies with ports', async () => {
    const limited = await startApp(
      { RATE_LIMIT: 'on', TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' },
      app.database,
    );
    const statuses = await failedSignIns(
      limited,
      eleven((index) => `203.0.113.${9 + index}, 10.0.0.5:443`),
    );
    expect(new Set(statuses)).toEqual(new Set([401]));
    await limited.close();
  });

  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
    ['203.0.113.9, 10.0.0.5:443', '203.0.113.9'],
    ['evil, 203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['203.0.113.9, unknown, 10.0.0.5', '10.0.0.5'],
    ['203.0.113.9, _hidden', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['10.0.0.5', '10.0.0.5'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['203.0.113.9:', '127.0.0.1'],
    ['203.0.113.9:99999', '127.0.0.1'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8:7::i]:443', '127.0.0.1'],
    ['[2001:db8::7', '127.0.0.1'],
    ['[::ffff:203.0.113.9]:443', '203.0.113.9'],
    ['203.0.113.9:443, ::ffff:10.0.0.5', '203.0.113.9'],
    ['203.0.113.9,10.0.0.5:1,10.0.0.6', '203.0.113.9'],
    ['203.0.113.9, , 10.0.0.5', '10.0.0.5'],
    ['203.0.113.09', '127.0.0.1'],
    ['"203.0.113.9"', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('reads X-Forwarded-For %j as %s in the list of sessions', async (forwarded, expected) => {
    const behind = await startApp({ TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' }, app.database);
    expect(await sessionAddress(behind, forwarded)).toBe(expected);
    await behind.close();
  });

  it('ignores X-Forwarded-For unless it comes from a trusted proxy', async () => {
    expect(await sessionAddress(app, '203.0.113.7')).toBe('127.0.0.1');
    const other = await startApp({ TRUSTED_PROXIES: '192.0.2.1' }, app.database);
    expect(await sessionAddress(other, '203.0.113.7')).toBe('127.0.0.1');
    await other.close();
  });
});

describe('addressKey', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:0DB8:0000:0001:1:2:3:4', '2001:db8:0:1::/64'],
    ['0:0:0:0:0:ffff:203.0.113.9', '203.0.113.9'],
    ['64:ff9b::203.0.113.9', '64:ff9b:0:0::/64'],
    ['1:2:3:4:5:6:203.0.113.9', '1:2:3:4::/64'],
    // Node reports link-local peers with a zone index.
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['', ''],
  ])('maps the address %s to the key %s', (address, key) => expect(addressKey(address)).toBe(key));
});
