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
  ])('maps the language %j to the code %j', (text, code) => expect(languageCode(text)).toBe(code));

  it('falls back to English for an absent or unknown reading language', () => {
    expect(readingLanguage(undefined)).toBe('en');
    expect(readingLanguage('klingon')).toBe('en');
  });
});
