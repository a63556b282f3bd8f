import currencyCodes from 'currency-codes';
import { describe, expect, it } from 'vitest';
import { CURRENCIES, currenciesTooCoarseFor, isAmountOf, isCurrency } from '../../src/currencies.js';

/** Codes of the list of June 2024 that have been withdrawn since, and what replaced them. */
const WITHDRAWN = ['ANG', 'BGN', 'CUC'];
const ADDED = ['XCG'];
/** Funds, and the units of four digits. */
const FUNDS = ['BOV', 'CHE', 'CHW', 'CLF', 'COU', 'MXV', 'USN', 'UYI', 'UYW'];
/** Active codes that `Intl` does not list. */
const MISSING_IN_INTL = ['VED'];

describe('The list of currencies', () => {
  it('has the active currencies of ISO 4217 with their fraction digits, without funds, metals and test codes', () => {
    const published = currencyCodes.data.filter(
      ({ code }) =>
        !FUNDS.includes(code) &&
        !WITHDRAWN.includes(code) &&
        !/^X(?:A[GU]|B[A-D]|[DS]|P[DT]|TS|UA|XX)/.test(code),
    );
    expect(CURRENCIES).toEqual([...published.map(({ code }) => code), ...ADDED].sort());
    for (const { code, digits } of published) {
      expect(isAmountOf(code, 10 ** -digits), code).toBe(true);
      expect(isAmountOf(code, 10 ** -(digits + 1)), code).toBe(false);
    }
    expect(CURRENCIES.filter((code) => !Intl.supportedValuesOf('currency').includes(code))).toEqual(
      MISSING_IN_INTL,
    );
  });

  it.each([
    ['JPY', 500, true],
    ['JPY', 500.5, false],
    ['KRW', 999_999_999, true],
    ['EUR', 19.99, true],
    ['EUR', 0.1 + 0.2, false],
    ['EUR', 1.005, false],
    ['HUF', 1.25, true],
    ['KWD', 999_999_999.999, true],
    ['KWD', 0.0005, false],
  ])('finds that %s has the amount %d: %s', (currency, amount, fits) => {
    expect(isAmountOf(currency, amount)).toBe(fits);
    if (Number(amount.toFixed(3)) === amount) {
      expect(currenciesTooCoarseFor(amount).includes(currency)).toBe(!fits);
    }
  });

  it.each(['eur', 'EU', 'EURO', '', 'XAU', 'XXX', 'XTS', 'XDR', 'CLF', 'CHE', 'DEM', '__proto__', null, 978])(
    'does not contain %j',
    (code) => expect(isCurrency(code)).toBe(false),
  );
});
