import { describe, expect, it } from 'vitest';
import { isShallow } from '../../src/http/body-parsing.js';
import { pagePosition } from '../../src/http/page.js';
import { addressKey } from '../../src/http/client-address.js';

describe('input bounds', () => {
  it('isShallow accepts 20 levels of JSON, and ignores brackets in strings', () => {
    expect(isShallow('['.repeat(20) + ']'.repeat(20))).toBe(true);
    expect(isShallow('['.repeat(21) + ']'.repeat(21))).toBe(false);
    expect(isShallow(JSON.stringify('[{'.repeat(50)))).toBe(true);
    expect(isShallow(JSON.stringify('\\"'.repeat(9) + '['.repeat(50)))).toBe(true);
    expect(isShallow('['.repeat(500_000))).toBe(false);
  });

  it('pagePosition returns the numbers of the first and last row of a page', () => {
    expect(pagePosition({ limit: 20, offset: 0 }, 0, 0)).toEqual({ max: 0, from: 0, to: 0, total: 0 });
    expect(pagePosition({ limit: 20, offset: 20 }, 1, 21)).toEqual({ max: 2, from: 21, to: 21, total: 21 });
  });

  it('addressKey maps all IPv6 addresses of a /64 network to one key', () => {
    expect(addressKey('203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
  });
});
