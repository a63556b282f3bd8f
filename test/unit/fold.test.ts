import { describe, expect, it } from 'vitest';
import { fold, shortTermGrams } from '../../src/search/fold.js';

describe('fold', () => {
  it.each([
    ['Ｏｎｅ　Ｐｉｅｃｅ', 'one piece'],
    ['ﾊﾟﾋﾟ', 'パピ'],
    ['がか', 'がか'],
    ['STRASSE', 'strasse'],
    ['straße', 'strasse'],
    ['İstanbul', 'istanbul'],
    ['  a \t b ', 'a b'],
    ['Ǆ', 'dz'],
    ['한국', '한국'],
    ['हिन्दी', 'हिन्दी'],
  ])('folds %j to %j', (text, expected) => {
    expect(fold(text)).toBe(expected.normalize('NFC'));
    expect(fold(fold(text))).toBe(fold(text));
  });

  it('returns the grams of terms that are too short for trigrams', () => {
    expect(shortTermGrams('谷')).toEqual(['谷']);
    expect(shortTermGrams('ab')).toEqual(['ab']);
    expect(shortTermGrams('a b?')).toEqual(['a ', ' b', 'b?']);
    expect(shortTermGrams('abc')).toBeNull();
  });
});
