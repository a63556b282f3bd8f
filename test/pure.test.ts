import { describe, expect, it } from 'vitest';
import { fold, shortTermGrams } from '../src/search/fold.js';
import { languageCode, readingLanguage } from '../src/catalog/languages.js';
import { AppError, internalError, invalidParameters, notFound, refusal } from '../src/http/app-error.js';
import { isShallow } from '../src/http/body-parsing.js';
import { renderError } from '../src/http/families.js';
import { pagePosition } from '../src/http/page.js';
import { addressKey } from '../src/http/client-address.js';
import { toAppError } from '../src/http/to-app-error.js';
import { endsBeforeStart, isPartialDate } from '../src/reading-history/partial-date.js';

describe('folding', () => {
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
  ])('%s', (text, expected) => {
    expect(fold(text)).toBe(expected.normalize('NFC'));
    expect(fold(fold(text))).toBe(fold(text));
  });

  it('knows which terms trigrams cannot serve', () => {
    expect(shortTermGrams('谷')).toEqual(['谷']);
    expect(shortTermGrams('ab')).toEqual(['ab']);
    expect(shortTermGrams('a b?')).toEqual(['a ', ' b', 'b?']);
    expect(shortTermGrams('abc')).toBeNull();
  });
});

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

describe('partial dates', () => {
  it.each(['2024', '2024-02', '2024-02-29', '0001', '9999-12-31'])('%s exists', (text) => {
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
  ])('%j does not', (text) => expect(isPartialDate(text)).toBe(false));
  it('compare at their common precision', () => {
    expect(endsBeforeStart('2024-05', '2024')).toBe(false);
    expect(endsBeforeStart('2024-05', '2023')).toBe(true);
    expect(endsBeforeStart('2024-05-02', '2024-05')).toBe(false);
  });
});

describe('errors', () => {
  it('become what the wire says', () => {
    const withCode = (code: string, more: object = {}) =>
      Object.assign(new Error('secret'), { code, ...more });
    const status = (thrown: unknown) => toAppError(thrown).refusal.status;
    expect(status(withCode('22P02'))).toBe(400);
    expect(status(withCode('22021'))).toBe(400);
    expect(status(withCode('08P01'))).toBe(400);
    expect(status(withCode('08006'))).toBe(503);
    expect(status(withCode('57014'))).toBe(503);
    expect(status(withCode('57P01'))).toBe(503);
    expect(status(withCode('55P03'))).toBe(503);
    expect(status(withCode('53300'))).toBe(503);
    expect(status(withCode('53100'))).toBe(507);
    expect(status(withCode('42601'))).toBe(500);
    expect(status(withCode('23505'))).toBe(500);
    expect(status(withCode('ECONNREFUSED', { syscall: 'connect' }))).toBe(503);
    expect(status(withCode('ENOENT', { syscall: 'connect' }))).toBe(503);
    expect(status(withCode('ENOENT', { syscall: 'open' }))).toBe(500);
    expect(status(new Error('timeout exceeded when trying to connect'))).toBe(503);
    expect(status('text')).toBe(500);
    expect(toAppError(withCode('57014')).extra.retryAfter).toBeGreaterThan(0);
    expect(toAppError(withCode('42601')).refusal.message).not.toContain('secret');
  });

  it('are rendered by their family', () => {
    const error = invalidParameters({ details: [{ field: 'a', messages: ['b'] }] });
    expect(renderError('A', error)).toEqual({
      data: 'Invalid parameters',
      code: 400,
      errors: [{ field: 'a', messages: ['b'] }],
    });
    expect(renderError('C', notFound())).toEqual({ data: 'Not found', code: 404 });
    const photo = refusal(404, 'Invalid Photo Id', '327');
    expect(renderError('D', photo())).toEqual({
      Response: 'Error',
      Message: 'Invalid Photo Id',
      Data: null,
      ErrorCode: '327',
    });
    expect(renderError('D', new AppError(internalError))).toMatchObject({ ErrorCode: '500' });
  });
});

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
