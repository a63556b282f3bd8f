import { describe, expect, it } from 'vitest';
import { parseId } from '../../src/http/ids.js';

describe('parseId', () => {
  it.each([1, '1', 2_147_483_647, '2147483647'])('parses %j', (value) => {
    expect(parseId(value)).toBe(Number(value));
  });

  it.each([2_147_483_648, '2147483648', 9e15, 1e21, 1e300, Number.MAX_VALUE, '9'.repeat(400)])(
    'reads %j as an id that no row has',
    (value) => expect(parseId(value)).toBe(0),
  );

  it.each([
    0,
    -1,
    -1e21,
    1.5,
    Number.NaN,
    Infinity,
    '0',
    '01',
    '+1',
    '1e3',
    '1.0',
    ' 1',
    '',
    null,
    {},
    [1],
    true,
  ])('rejects %j', (value) => expect(parseId(value)).toBeNull());
});
