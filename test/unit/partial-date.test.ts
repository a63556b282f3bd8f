import { describe, expect, it } from 'vitest';
import { endsBeforeStart, isPartialDate } from '../../src/reading-history/partial-date.js';

describe('partial dates', () => {
  it.each(['2024', '2024-02', '2024-02-29', '0001', '9999-12-31'])('accepts the date %s', (text) => {
    expect(isPartialDate(text)).toBe(true);
  });
  it.each([
    '',
    '24',
    '2023-02-29',
    '2024-13',
    '2024-00',
    '2024-01-00',
    '0000',
    '2024-1',
    '2024-01-01 ',
    '10000',
  ])('rejects the date %j', (text) => expect(isPartialDate(text)).toBe(false));
  it('compares two dates at their common precision', () => {
    expect(endsBeforeStart('2024-05', '2024')).toBe(false);
    expect(endsBeforeStart('2024-05', '2023')).toBe(true);
    expect(endsBeforeStart('2024-05-02', '2024-05')).toBe(false);
  });
});
