import { describe, expect, it } from 'vitest';
import { languageCode, readingLanguage } from '../../src/catalog/languages.js';

describe('languages', () => {
  it.each([
    ['en', 'en'],
    ['EN', 'en'],
    [' Japanese ', 'ja'],
    // ISO 639-1 and Unicode have several English names for some.
    ['Punjabi', 'pa'],
    ['panjabi', 'pa'],
    ['Pali', 'pi'],
    ['Pāli', 'pi'],
    ['GUARANÍ', 'gn'],
    ['Guarani', 'gn'],
    ['Ossetic', 'os'],
    ['Odia', 'or'],
    ['Bangla', 'bn'],
    ['Kirghiz', 'ky'],
    ['Kyrgyz', 'ky'],
    ['Farsi', 'fa'],
    ['Sinhalese', 'si'],
    ['Abkhazian', 'ab'],
    ['Haitian Creole', 'ht'],
    ['Castilian', 'es'],
    ['Akan', 'ak'],
    ['Norwegian Bokmal', 'nb'],
    ['klingon', null],
    ['', null],
    ['__proto__', null],
  ])('maps the language %j to the code %j', (text, code) => expect(languageCode(text)).toBe(code));

  it('falls back to English for an absent or unknown reading language', () => {
    expect(readingLanguage(undefined)).toBe('en');
    expect(readingLanguage('klingon')).toBe('en');
  });
});
