import { describe, expect, it } from 'vitest';
import { countsToHundred, detectedScale, scoreOfTen } from '../../src/imports/planning/score.js';

const of = (value: number, maximum: number | null, scale = 10) => scoreOfTen({ value, maximum }, scale);

describe('scores', () => {
  it('are rounded half up to one digit', () => {
    expect(of(85, 100)).toBe(8.5);
    expect(of(100, 100)).toBe(10);
    expect(of(7.25, 10)).toBe(7.3);
    expect(of(6.45, 10)).toBe(6.5);
    expect(of(6.44, 10)).toBe(6.4);
    expect(of(3.5, 5)).toBe(7);
    expect(of(1, 100)).toBe(0.1);
    for (let tenths = 1; tenths <= 100; tenths++) expect(of(tenths / 10, 10)).toBe(tenths / 10);
  });

  it('of smileys are 3.5, 6 and 8.5', () => {
    expect([1, 2, 3].map((value) => of(value, 3))).toEqual([3.5, 6, 8.5]);
    expect(of(2.5, 3)).toBeUndefined();
  });

  it('of 0 are unscored, and invalid ones are lost', () => {
    expect(of(0, 100)).toBeNull();
    expect(of(0.001, 10)).toBeNull();
    expect([of(-1, 10), of(11, 10), of(Number.NaN, 10)]).toEqual([undefined, undefined, undefined]);
  });

  it('without a maximum use the one of the file', () => {
    expect(of(85, null, 100)).toBe(8.5);
    expect(of(4, null, 5)).toBe(8);
    expect(countsToHundred({ value: 10.5, maximum: null })).toBe(true);
    expect(countsToHundred({ value: 10, maximum: null })).toBe(false);
    expect(countsToHundred({ value: 85, maximum: 100 })).toBe(false);
    expect([detectedScale(true), detectedScale(false)]).toEqual([100, 10]);
  });
});
