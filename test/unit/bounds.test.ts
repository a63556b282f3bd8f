import { describe, expect, it } from 'vitest';
import { isShallow } from '../../src/http/body-parsing.js';
import { pagePosition } from '../../src/http/page.js';
import { addressKey } from '../../src/http/client-address.js';

describe('bounds', () => {
  it('of depth ignore brackets in strings', () => {
    expect(isShallow('['.repeat(20) + ']'.repeat(20))).toBe(true);
    expect(isShallow('['.repeat(21) + ']'.repeat(21))).toBe(false);
    expect(isShallow(JSON.stringify('[{'.repeat(50)))).toBe(true);
    expect(isShallow(JSON.stringify('\\"'.repeat(9) + '['.repeat(50)))).toBe(true);
    expect(isShallow('['.repeat(500_000))).toBe(false);
  });

  it('of pages', () => {
    expect(pagePosition({ limit: 20, offset: 0 }, 0, 0)).toEqual({ max: 0, from: 0, to: 0, total: 0 });
    expect(pagePosition({ limit: 20, offset: 20 }, 1, 21)).toEqual({ max: 2, from: 21, to: 21, total: 21 });
  });

  it('of addresses: a household is one', () => {
    expect(addressKey('203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('::ffff:203.0.113.7')).toBe('203.0.113.7');
    expect(addressKey('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(addressKey('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64');
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
  });
});
