import { expect, it } from 'vitest';
import { daysAfter, daysBetween } from '../../src/http/dates.js';

it('moves dates by days, from the first date to the last one', () => {
  expect(daysAfter('2028-02-28', 1)).toBe('2028-02-29');
  expect(daysAfter('2026-03-01', -1)).toBe('2026-02-28');
  expect(daysAfter('0001-01-05', -364)).toBe('0001-01-01');
  expect(daysAfter('9999-12-31', 366)).toBe('9999-12-31');
});

it('counts days with the first and the last one', () => {
  expect(daysBetween('2026-12-31', '2026-12-31')).toBe(1);
  expect(daysBetween('2027-01-01', '2027-12-31')).toBe(365);
  expect(daysBetween('2026-12-31', '2026-12-30')).toBe(0);
});
