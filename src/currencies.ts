/**
 * The active currencies of ISO 4217 by their number of fraction digits, as of November 2026. Left out are precious
 * metals, bond market units, funds, accounting units and test codes: nothing is bought with them. `Intl` is no source
 * of the digits: it has those of cash, such as 0 for HUF.
 */
const CODES: Readonly<Record<0 | 2 | 3, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
    CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS
    KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
    TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
};

const DIGITS: ReadonlyMap<string, number> = new Map(
  Object.entries(CODES).flatMap(([digits, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, Number(digits)]),
  ),
);

/** The codes in alphabetical order. */
export const CURRENCIES: readonly string[] = [...DIGITS.keys()].sort();

/** The most fraction digits that a currency has. */
export const MAX_FRACTION_DIGITS = 3;

export function isCurrency(code: unknown): code is string {
  return typeof code === 'string' && DIGITS.has(code);
}

/** The number of fraction digits of an amount, which has at most `MAX_FRACTION_DIGITS`. */
function fractionDigits(amount: number): number {
  return (
    amount
      .toFixed(MAX_FRACTION_DIGITS)
      .replace(/\.?0+$/, '')
      .split('.')[1]?.length ?? 0
  );
}

/** Whether an amount has no more fraction digits than its currency. */
export function isAmountOf(currency: string, amount: number): boolean {
  return Number(amount.toFixed(DIGITS.get(currency) ?? 0)) === amount;
}

/** The currencies that have too few fraction digits for an amount. */
export function currenciesTooCoarseFor(amount: number): string[] {
  const needed = fractionDigits(amount);
  return needed === 0 ? [] : CURRENCIES.filter((code) => (DIGITS.get(code) ?? 0) < needed);
}
