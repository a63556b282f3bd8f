import { describe, expect, it } from 'vitest';
import { languageCode, readingLanguage } from '../../src/catalog/languages.js';

describe('languages', () => {
  it.each([
    ['en', 'en'],
    ['EN', 'en'],
    [' Japanese ', 'ja'],
    ['klingon', null],
    ['', null],
    ['__proto__', null],
  ])('%j', (text, code) => expect(languageCode(text)).toBe(code));

  it('fall back to English', () => {
    expect(readingLanguage(undefined)).toBe('en');
    expect(readingLanguage('klingon')).toBe('en');
  });
});
